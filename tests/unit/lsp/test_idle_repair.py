"""Fixes looked for while the user rests. The rest is in the test's hand."""

from __future__ import annotations

import asyncio
from typing import Any

from mendline.checks.check import Project
from mendline.engine.fake import FakeEngine, Gate
from mendline.engine.protocol import ChatRequest, EngineInfo, Priority
from mendline.lsp.idle_repair import REST_SECONDS
from mendline.settings.model import Settings
from support.in_process import InProcess, in_process
from support.scripted_check import ScriptedCheck, words_not_allowed

URI = "file:///w/a.py"
TEXT = "def double(number):\n    return number * wrong\n"
RIGHT = "    return number * 2\n```"
RANGE = {"start": {"line": 1, "character": 20}, "end": {"line": 1, "character": 25}}
WRONG = {"range": RANGE, "message": "undefined name `wrong`", "severity": 1, "source": "theirs"}
ABLE = {
    "textDocument": {
        "inlineCompletion": {},
        "diagnostic": {},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}},
            "dataSupport": True,
            "isPreferredSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    }
}


class Desk:
    """A server whose model is loaded, and a document with a problem."""

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.rested = asyncio.Event()
        self.check = ScriptedCheck(words_not_allowed("wrong"))
        self.server: InProcess

    async def rest(self, seconds: float) -> None:
        # Others rest too, and for ever here.
        await (self.rested if seconds == REST_SECONDS else asyncio.Event()).wait()

    def checks(self, language: str, project: Project, settings: Settings) -> list[ScriptedCheck]:
        return [self.check]

    async def open(self, **options: Any) -> Desk:
        settings = {"repair": {"idle": True, "candidates": 0, "rounds": 1}, **options}
        self.server = await in_process(self.engine, able=ABLE, options=settings, rest=self.rest, checks=self.checks)
        document = {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}
        self.server.notify("textDocument/didOpen", {"textDocument": document})
        session = self.server.server.session
        await self.server.until(lambda: session.engine.info is not None)
        return self

    async def actions(self) -> list[dict[str, Any]]:
        context = {"diagnostics": [WRONG]}
        params = {"textDocument": {"uri": URI}, "range": RANGE, "context": context}
        found: list[dict[str, Any]] = await self.server.request("textDocument/codeAction", params)
        return found

    def type(self) -> None:
        change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "\n"}
        params = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]}
        self.server.notify("textDocument/didChange", params)

    def chats(self) -> list[ChatRequest]:
        return [each for each in self.engine.requests if isinstance(each, ChatRequest)]


async def test_the_fix_is_there_when_the_lightbulb_opens() -> None:
    desk = await Desk(FakeEngine(default=RIGHT)).open()
    (first,) = await desk.actions()
    assert "edit" not in first
    desk.rested.set()
    await desk.server.until(lambda: desk.server.server.session.counters["repair.verified"])
    (second,) = await desk.actions()
    assert second["title"] == "Fix: undefined name `wrong` (parses, scripted passes)"
    assert second["isPreferred"]
    assert second["edit"]["changes"][URI][0]["newText"] == "2"
    assert [each.priority for each in desk.chats()] == [Priority.BACKGROUND]


async def test_a_keystroke_ends_it_and_what_was_found_is_for_one_text() -> None:
    gate = Gate()
    desk = await Desk(FakeEngine(default=RIGHT, prefill_gate=gate)).open()
    await desk.actions()
    desk.rested.set()
    await gate.reached.wait()
    desk.type()
    await desk.server.until(lambda: desk.engine.records and desk.engine.records[-1].cancelled)
    assert not desk.server.server.session.counters["repair.verified"]


async def test_moving_the_cursor_does_not_end_it() -> None:
    gate = Gate()
    desk = await Desk(FakeEngine(default=RIGHT, prefill_gate=gate)).open()
    await desk.actions()
    desk.rested.set()
    await gate.reached.wait()
    await desk.actions()
    gate.open()
    await desk.server.until(lambda: desk.server.server.session.counters["repair.verified"])
    assert len(desk.chats()) == 1


async def test_it_is_off_by_itself_and_on_servers_that_are_not_mendlines() -> None:
    for options, engine in (
        ({"repair": {}}, FakeEngine(default=RIGHT)),
        ({"engine": {"url": "http://localhost:1/v1"}}, FakeEngine(default=RIGHT, info=EngineInfo(model="theirs"))),
    ):
        desk = await Desk(engine).open(**options)
        desk.rested.set()
        await desk.actions()
        for _ in range(20):
            await asyncio.sleep(0)
        assert not desk.chats()
