"""From the start of a language server to its first suggestion, the model's file being in the page cache."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from mendline.engine.host.inspection import stop_all
from mendline.engine.host.registry import Registry
from mendline.engine.models import ModelStore
from mendline.evaluation.stdio_client import inline_params, stdio_server

_INVOKED = 1
_TRIES = 20
_PIECE = 2**24
_TEXT = """class Rectangle:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return """


def run(model: str, rounds: int) -> dict[str, Any]:
    """Start servers, each in turn as the first of a session and as a second one beside a running engine.

    Returns:
        `with_engine_ms`: server and engine started, model loaded; `beside_engine_ms`: the server alone. Milliseconds
        from before the process is started until the first suggestion is there, one figure a round.
    """
    _read(ModelStore.default().resolve(model))
    alone, beside = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            registry = Registry.open(Path(folder) / "state")
            try:
                alone.append(_first_suggestion(model, registry, folder))
                beside.append(_first_suggestion(model, registry, folder))
            finally:
                asyncio.run(stop_all(registry))
    return {"with_engine_ms": alone, "beside_engine_ms": beside}


def _first_suggestion(model: str, registry: Registry, folder: str) -> int:
    environment = {"MENDLINE_CONFIG": str(Path(folder) / "none.toml"), "MENDLINE_STATE_DIR": str(registry.directory)}
    options = {"model": {"completion": model}, "completion": {"timeoutMs": 120_000}}
    uri, place = "file:///bench/rectangle.py", (_TEXT.count("\n"), len(_TEXT.rpartition("\n")[2]))
    started = time.perf_counter()
    with stdio_server(environment, options) as server:
        server.open(uri, _TEXT)
        for _ in range(_TRIES):
            _, answer = server.timed("textDocument/inlineCompletion", inline_params(uri, *place, _INVOKED))
            if answer["items"]:
                return round(1000 * (time.perf_counter() - started))
    raise RuntimeError("there was no suggestion")


def _read(path: Path) -> None:
    with path.open("rb") as file:
        while file.read(_PIECE):
            pass
