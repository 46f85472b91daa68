"""Engine hosts for tests: in this process around a `FakeEngine`, or real processes around a script."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

from attrs import frozen

import mendline
from mendline.engine.client import HttpEngine
from mendline.engine.host.activity import Activity
from mendline.engine.host.process import bound, served
from mendline.engine.host.server import ENGINE, build_app
from mendline.engine.protocol import Chunk, Engine, FillRequest

T = TypeVar("T")
TOKEN = "secret-of-the-test"
SERVER_ROOT = str(Path(mendline.__file__).parents[1])


@frozen
class Host:
    """A host in this process."""

    url: str
    client: HttpEngine
    activity: Activity
    stops: list[bool]


@contextlib.asynccontextmanager
async def hosted(factory: Callable[[], Engine], *, load: bool = True) -> AsyncIterator[Host]:
    """Serve what `factory` makes; with `load`, begin to load it as the real process does."""
    stops: list[bool] = []
    activity = Activity()
    app = build_app(factory, token=TOKEN, model="fake", stop=lambda: stops.append(True), activity=activity)
    with bound(0) as listening:
        async with served(app, listening):
            if load:
                app[ENGINE].start()
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            client = HttpEngine(url, TOKEN, own=True)
            try:
                yield Host(url, client, activity, stops)
            finally:
                await client.aclose()


async def text_of(engine: Engine, request: FillRequest) -> str:
    """Return the whole text of a fill."""
    return "".join([chunk.text for chunk in await chunks_of(engine, request)])


async def chunks_of(engine: Engine, request: FillRequest) -> list[Chunk]:
    """Return every chunk of a fill."""
    return [chunk async for chunk in engine.fill(request)]


def write_script(path: Path, **script: Any) -> Path:
    """Write a fake engine's script."""
    path.write_text(json.dumps(script), encoding="utf-8")
    return path


def recorded(path: Path) -> list[dict[str, Any]]:
    """Read what a scripted fake has recorded so far."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def until(look: Callable[[], T], seconds: float = 20.0) -> T:
    """Wait until `look` returns something true, and return that; for what other processes do."""
    async with asyncio.timeout(seconds):
        while not (found := look()):  # noqa: ASYNC110 - another process does it, there is no event
            await asyncio.sleep(0.01)
    return found
