"""A language server in this process: messages in, messages out, nothing in between."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from pygls.exceptions import JsonRpcException

from mendline.context.related import Related
from mendline.engine.fake import FakeEngine
from mendline.engine.models.progress import Progress
from mendline.engine.protocol import Engine
from mendline.lsp.server import Server, build_server
from mendline.lsp.services import Services
from mendline.settings.loading import Layer, Loaded, merge
from mendline.settings.model import Settings
from mendline.telemetry.acceptance import AcceptanceBook, Days

ABLE = {
    "textDocument": {"inlineCompletion": {}, "diagnostic": {}},
    "window": {"workDoneProgress": True},
    "experimental": {"mendline": {"status": True}},
}

NEVER = object()


@define
class FakeModels:
    """A model store whose pulls are steered by a test, from another thread."""

    wanted: list[str] = field(factory=list)
    steps: list[Progress] = field(factory=list)
    error: Exception | None = None
    hold: threading.Event | None = None
    cancelled: bool = False

    def pull(
        self, model: str, on_progress: Callable[[Progress], None] = print, cancel: threading.Event | None = None
    ) -> Path:
        """Report the steps, wait while held, then fail or not."""
        assert cancel is not None
        self.wanted.append(model)
        for step in self.steps:
            on_progress(step)
        while self.hold is not None and not self.hold.wait(0.01):
            if cancel.is_set():
                self.cancelled = True
                break
        if self.error is not None:
            raise self.error
        return Path("model.gguf")


@define
class InProcess:
    """The server and what it has said.

    Attributes:
        initialized: the capabilities in its answer to `initialize`.
        answers: what its requests are answered with, by method; null for all others. A `JsonRpcException` is
            answered as an error, `NEVER` not at all.
    """

    server: Server
    said: list[dict[str, Any]] = field(factory=list)
    answers: dict[str, Any] = field(factory=dict)
    initialized: dict[str, Any] = field(factory=dict)
    _number: int = 0

    def write(self, data: bytes) -> None:
        """Take what the server sends; answer its requests."""
        message = json.loads(data.split(b"\r\n\r\n", 1)[1])
        self.said.append(message)
        if "id" in message and "method" in message:
            loop = asyncio.get_running_loop()
            answer = self.answers.get(message["method"])
            if answer is NEVER:
                return
            result: dict[str, Any] = {"result": answer}
            if isinstance(answer, JsonRpcException):
                result = {"error": {"code": answer.code, "message": str(answer)}}
            loop.call_soon(self.receive, {"id": message["id"], **result})

    def close(self) -> None:
        """Nothing to close."""

    def receive(self, message: dict[str, Any]) -> None:
        """Give the server a message."""
        self.server.receive(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method: str, params: object = None) -> None:
        """Give the server a notification."""
        self.receive({"method": method, "params": params})

    async def request(self, method: str, params: object = None) -> Any:
        """Give the server a request and wait for its result."""
        self._number += 1
        number = self._number
        self.receive({"id": number, "method": method, "params": params})
        answer = await self.until(
            lambda: next((each for each in self.said if each.get("id") == number and "method" not in each), None)
        )
        assert "error" not in answer, answer
        return answer["result"]

    async def until(self, condition: Callable[[], Any], seconds: float = 10) -> Any:
        """Wait until a condition gives something true, and return that."""
        async with asyncio.timeout(seconds):
            while not (value := condition()):  # noqa: ASYNC110 - the condition may be set by a thread
                await asyncio.sleep(0.001)
        return value

    def notifications(self, method: str) -> list[Any]:
        """The parameters of all notifications of a method so far."""
        return [each["params"] for each in self.said if each.get("method") == method]


@frozen
class Unwritten(AcceptanceBook):
    """Figures that no file of this machine is read or written for."""

    def read(self) -> Days:
        """There are none."""
        return {}

    def add(self, days: Days) -> None:
        """Forget them."""


async def _at_once(work: Callable[[], Related]) -> Related:
    return work()


_PLAIN = {"completion": {"debounceMs": 0, "showThreshold": 0}}
"""No wait, and whatever the engine answers is shown."""


async def in_process(
    engine: Engine | Callable[[Settings], Engine] | None = None,
    models: FakeModels | None = None,
    *,
    able: dict[str, Any] | None = None,
    options: object = None,
    answers: dict[str, Any] | None = None,
    **services: Any,
) -> InProcess:
    """Start a server and initialize it; no file of this machine is read for its settings."""
    made = FakeEngine() if engine is None else engine
    make = made if callable(made) else lambda _: made

    def load(_: Path | None, *layers: Layer) -> Loaded:
        return merge(*layers)

    # Nothing is computed ahead unless a test wants it.
    still = {
        "keep_counts": lambda _: None,
        "figures": Unwritten(),
        "rest": lambda _: asyncio.Event().wait(),
        "gather": _at_once,
    }
    services = {**still, **services}
    server = build_server(Services(make, models or FakeModels(), load_settings=load, **services))
    running = InProcess(server, answers=answers or {})
    server.attach(running)
    result = await running.request(
        "initialize",
        {
            "processId": None,
            "rootUri": None,
            "capabilities": ABLE if able is None else able,
            "initializationOptions": _PLAIN if options is None else options,
        },
    )
    running.initialized = result["capabilities"]
    running.notify("initialized", {})
    return running
