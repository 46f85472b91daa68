"""The whole path: a language server over its pipes, its shared engine process, and all that is between."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
from attrs import define, field

from mendline.engine.host.inspection import inspect_all, stop_all
from mendline.engine.host.registry import Registry
from mendline.engine.protocol import EngineInfo
from mendline.evaluation.stdio_client import StdioServer, inline_params, stdio_server
from mendline.evaluation.typing.system import WHOLE_PATH, Cost, Piece
from mendline.evaluation.typing.traces import Kind, State
from mendline.settings.errors import MendlineError

_METHOD = "textDocument/inlineCompletion"
_FIRST = "file:///bench/first.py"
# Excluded for its name, so that nothing of it enters a prompt.
_ELSEWHERE = "file:///bench/.env"
_LOAD_SECONDS = 120.0
_POLL_SECONDS = 0.1
_TIMEOUT_MS = 120_000


class WholePathError(MendlineError):
    """The server or its engine do not answer."""


@define
class WholePath:
    """A language server and the engine it has started. Implements `System`.

    What is timed goes from the request to its answer, in which the suggestion is as an editor gets it. The server cuts
    the text around the cursor itself. It does not tell what was computed, and its answer comes as a whole. What it
    could answer from memory, such as text typed that it suggested, it has to compute as the others do.
    """

    info: EngineInfo
    _server: StdioServer
    _pids: tuple[int, ...]
    _opened: int = field(default=0, init=False)
    _version: int = field(default=0, init=False)
    _text: str = field(default="", init=False)
    _forgotten: int = field(default=0, init=False)
    name: str = WHOLE_PATH
    streams: bool = False

    @property
    def about(self) -> Mapping[str, Any]:
        """What the engine tells of itself."""
        return {
            "what": "mendline serve over stdio, with its engine's process",
            "backend": self.info.backend,
            "context_tokens": self.info.context_tokens,
            "threads": self.info.threads,
            "gpu_layers": self.info.gpu_layers,
            "can_splice": self.info.can_splice,
        }

    @property
    def pids(self) -> tuple[int, ...]:
        """Server and engine."""
        return self._pids

    async def suggest(self, state: State) -> AsyncGenerator[Piece, None]:
        """Bring the document up to date and ask.

        Raises:
            WholePathError: the server answers with an error.
        """
        self._forget()
        self._show(state)
        before = state.above + state.prefix
        line, column = before.count("\n"), before.rpartition("\n")[2]
        character = len(column.encode("utf-16-le")) // 2
        number = self._server.request(_METHOD, inline_params(self._uri, line, character))
        waiting = asyncio.create_task(asyncio.to_thread(self._server.answer, number))
        try:
            message = await asyncio.shield(waiting)
        except asyncio.CancelledError:
            self._server.notify("$/cancelRequest", {"id": number})
            await waiting
            raise
        if "error" in message:
            raise WholePathError(f"the server answered: {message['error']['message']}")
        items = (message.get("result") or {}).get("items", [])
        yield Piece("".join(item["insertText"] for item in items[:1]), cost=Cost())

    async def arrive(self, state: State) -> Cost:
        """Ask for a suggestion, so that the prompt is computed. Raises as `suggest` does."""
        async for _ in self.suggest(state):
            pass
        return Cost()

    def rest(self) -> None:
        """Suspend both processes: they look after caches when nothing is asked for."""
        for pid in self._pids:
            psutil.Process(pid).suspend()

    def wake(self) -> None:
        """Resume both."""
        for pid in self._pids:
            psutil.Process(pid).resume()

    @property
    def _uri(self) -> str:
        return f"file:///bench/typing_{self._opened}.py"

    def _forget(self) -> None:
        """Change another document, after which nothing is answered from memory."""
        if not self._forgotten:
            self._server.open(_ELSEWHERE, "", "plaintext")
        self._forgotten += 1
        document = {"uri": _ELSEWHERE, "version": 1 + self._forgotten}
        changes = [{"text": str(self._forgotten)}]
        self._server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def _show(self, state: State) -> None:
        if state.kind is Kind.OPEN or not self._opened:
            if self._opened:
                self._server.notify("textDocument/didClose", {"textDocument": {"uri": self._uri}})
            self._opened += 1
            self._version = 1
            self._server.open(self._uri, state.text)
        elif state.text != self._text:
            self._version += 1
            document = {"uri": self._uri, "version": self._version}
            changes = [{"text": state.text}]
            self._server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        self._text = state.text


@asynccontextmanager
async def whole_path(model: str, max_tokens: int) -> AsyncIterator[WholePath]:
    """Start a server with default settings but for the wait before requests, and wait for its engine.

    Args:
        model: catalogue id or path.
        max_tokens: the most tokens of a suggestion.

    Raises:
        WholePathError: the engine does not come up.
    """
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry.open(Path(folder) / "state")
        environment = {
            "MENDLINE_CONFIG": str(Path(folder) / "none.toml"),
            "MENDLINE_STATE_DIR": str(registry.directory),
        }
        completion = {"debounceMs": 0, "maxTokens": max_tokens, "multiline": "never", "timeoutMs": _TIMEOUT_MS}
        options = {"model": {"completion": model}, "completion": completion}
        try:
            with stdio_server(environment, options) as server:
                # The first request has the engine loaded.
                server.open(_FIRST, "first = ")
                server.request(_METHOD, inline_params(_FIRST, 0, len("first = ")))
                pid, info = await _engine(registry)
                system = WholePath(info, server, (server.pid, pid))
                try:
                    yield system
                finally:
                    system.wake()
        finally:
            await stop_all(registry)


async def _engine(registry: Registry) -> tuple[int, EngineInfo]:
    """Wait until the engine that the server started has its model."""
    end = time.monotonic() + _LOAD_SECONDS
    while time.monotonic() < end:
        for running in await inspect_all(registry):
            if running.info is not None:
                return running.record.pid, running.info
        await asyncio.sleep(_POLL_SECONDS)
    raise WholePathError(f"the server's engine did not come up within {_LOAD_SECONDS:.0f} s")
