"""A server in this process with a document that has a problem; how long it pauses is in the test's hand."""

from __future__ import annotations

import asyncio
from typing import Any

from mendline.checks.check import Project
from mendline.engine.fake import FakeEngine
from mendline.engine.protocol import ChatRequest
from mendline.settings.model import Settings
from support.in_process import InProcess, in_process
from support.scripted_check import ScriptedCheck, words_not_allowed

URI = "file:///w/a.py"
TEXT = "def double(number):\n    return number * wrong\n"
RIGHT = "    return number * 2\n```"
RANGE = {"start": {"line": 1, "character": 20}, "end": {"line": 1, "character": 25}}
WRONG = {"range": RANGE, "message": "undefined name `wrong`", "severity": 1, "source": "theirs"}


class FixDesk:
    """The server, its engine, and what an editor does.

    Attributes:
        engine: the model.
        over: ends the pauses of one length.
        server: there once `begin` was called.
    """

    def __init__(self, engine: FakeEngine, seconds: float) -> None:
        """Take an engine, and the length of the pauses that `over` ends."""
        self.engine = engine
        self.over = asyncio.Event()
        self.server: InProcess
        self._seconds = seconds
        self._check = ScriptedCheck(words_not_allowed("wrong"))

    async def pause(self, seconds: float) -> None:
        """Wait until it is over; what others wait for never is."""
        await (self.over if seconds == self._seconds else asyncio.Event()).wait()

    async def begin(self, able: dict[str, Any], options: dict[str, Any], **services: Any) -> None:
        """Start the server for an editor with these capabilities and options, and open the document."""
        self.server = await in_process(self.engine, able=able, options=options, checks=self._checks, **services)
        document = {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}
        self.server.notify("textDocument/didOpen", {"textDocument": document})

    async def actions(self, **context: Any) -> list[dict[str, Any]]:
        """Ask for code actions at the problem."""
        params = {"textDocument": {"uri": URI}, "range": RANGE, "context": {"diagnostics": [WRONG], **context}}
        found: list[dict[str, Any]] = await self.server.request("textDocument/codeAction", params)
        return found

    def type(self) -> None:
        """Change the document."""
        change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "\n"}
        params = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]}
        self.server.notify("textDocument/didChange", params)

    def chats(self) -> list[ChatRequest]:
        """Return what the model was asked for fixes."""
        return [each for each in self.engine.requests if isinstance(each, ChatRequest)]

    def _checks(self, _language: str, _project: Project, _settings: Settings) -> list[ScriptedCheck]:
        return [self._check]
