"""Asking for a suggestion at a hole as an editor does it: a real `mendline serve` over its pipes."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import define, field

from mendline.engine.host.contact import ask_health
from mendline.engine.host.inspection import stop_all
from mendline.engine.host.launch import Launch
from mendline.engine.host.registry import HostRecord, Registry
from mendline.engine.protocol import Engine
from mendline.engine.shared import SharedEngine
from mendline.engine.status import EngineState
from mendline.evaluation.fim.asking import Answer
from mendline.evaluation.fim.holes import Hole
from mendline.evaluation.patience import patient
from mendline.evaluation.stdio_client import StdioServer, inline_params, stdio_server
from mendline.features.completion import Trigger
from mendline.settings.errors import MendlineError
from mendline.settings.model import Settings
from mendline.text.document import Document, Edit
from mendline.text.positions import PositionEncoding

_METHOD = "textDocument/inlineCompletion"
_KINDS = {Trigger.INVOKED: 1, Trigger.AUTOMATIC: 2}
_REST_SECONDS = 0.6
"""Longer than a language server waits at a place before it computes the prompt ahead (0.3 s)."""
_POLL_SECONDS = 0.05
_HEALTH_SECONDS = 5.0
_BUSY_SECONDS = 120.0
_ENCODING = PositionEncoding.UTF16
_FIRST = Hole("first", "", "", "first = ", "\n", "1")


class LanguageServerError(MendlineError):
    """The language server does not answer as it should."""


@define
class LanguageServer:
    """A language server with its engine's process. Implements `Suggester`.

    The document is opened, and the request comes once the prompt has been computed, as after a moment's rest at the
    cursor. It can't be told which part of the time was the engine's.
    """

    _server: StdioServer
    _record: HostRecord
    _trigger: Trigger
    _root: Path
    _opened: int = field(default=0, init=False)

    async def suggest(self, hole: Hole, omit: frozenset[str]) -> Answer:
        """Open the hole's document and ask; nothing can be left out.

        Raises:
            LanguageServerError: the server answers with an error.
            ValueError: something shall be left out.
        """
        if omit:
            raise ValueError("a language server has no switch for leaving parts out")
        self._opened += 1
        uri = (self._root / f"program_{self._opened}.py").as_uri()
        document = Document.of(hole.document)
        line, character = document.position_at(len(hole.prompt), _ENCODING)
        params = inline_params(uri, line, character, _KINDS[self._trigger])
        self._server.open(uri, hole.document)
        self._server.notify("textDocument/didFocus", {**params, "context": None})
        await self._rest()
        started = time.perf_counter()
        result = await self._asked(_METHOD, params) or {}
        seconds = time.perf_counter() - started
        told = await self._asked("mendline/explain", {"textDocument": {"uri": uri}}) or {}
        self._server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        candidates = told.get("candidates", [])
        return Answer(
            edits=tuple(_edit(item, document) for item in result.get("items", [])),
            reasons=tuple(each["reason"] for each in told.get("reasons", [])),
            seconds=seconds,
            tokens=told.get("tokens"),
            confidence=candidates[0]["confidence"] if candidates else None,
        )

    async def _asked(self, method: str, params: object) -> Any:
        answer = await asyncio.to_thread(lambda: self._server.answer(self._server.request(method, params)))
        if "error" in answer:
            raise LanguageServerError(f"the language server answered {method} with: {answer['error']['message']}")
        return answer.get("result")

    async def _rest(self) -> None:
        """Wait until the prompt has been computed: the engine is asked a moment later whether it is at work."""
        await asyncio.sleep(_REST_SECONDS)
        end = time.monotonic() + _BUSY_SECONDS
        while (await ask_health(self._record, _HEALTH_SECONDS))["state"] == EngineState.BUSY.value:
            if time.monotonic() > end:
                raise LanguageServerError("the engine does not come to rest")
            await asyncio.sleep(_POLL_SECONDS)


@asynccontextmanager
async def language_server(
    launch: Launch, settings: Settings, trigger: Trigger
) -> AsyncIterator[tuple[LanguageServer, Engine]]:
    """Start an engine's process and a language server that uses it, in a state folder of their own.

    Args:
        launch: the engine's process.
        settings: a user's; of them, the model's name goes to the server, and the time limit is lifted. The user counts
            as trusting the workspace, an empty folder.
        trigger: how suggestions are asked for.

    Returns:
        Who is asked, and the engine.

    Raises:
        MendlineError: one of them does not start.
    """
    options = {
        "trusted": True,
        "model": {"completion": settings.model.completion},
        "completion": {"timeoutMs": patient(settings).completion.timeout_ms},
    }
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry.open(Path(folder) / "state")
        environment: Mapping[str, str] = {
            "MENDLINE_CONFIG": str(Path(folder) / "none.toml"),
            "MENDLINE_STATE_DIR": str(registry.directory),
        }
        engine = SharedEngine(launch, registry_directory=registry.directory)
        try:
            await engine.info()
            record = registry.read(launch.key)
            if record is None:
                raise LanguageServerError("the engine's process left no record")
            root = Path(folder) / "workspace"
            root.mkdir()
            with stdio_server(environment, options, root) as server:
                asked = LanguageServer(server, record, trigger, root)
                # A server knows what runs the model, and so how much that may see, from the first request on.
                await asked.suggest(_FIRST, frozenset())
                yield asked, engine
        finally:
            await engine.aclose()
            await stop_all(registry)


def _edit(item: Mapping[str, Any], document: Document) -> Edit:
    def offset(position: Mapping[str, int]) -> int:
        return document.offset_at(position["line"], position["character"], _ENCODING)

    return Edit(offset(item["range"]["start"]), offset(item["range"]["end"]), item["insertText"])
