"""Fixes for an editor that takes an edit only with its action. How long it waits is in the test's hand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pygls.exceptions import JsonRpcContentModified

from mendline.checks.check import Project
from mendline.engine.fake import FakeEngine, Gate
from mendline.engine.protocol import ChatRequest
from mendline.lsp.fixing_now import SECONDS
from mendline.settings.model import Settings
from support.in_process import InProcess, in_process
from support.scripted_check import ScriptedCheck, words_not_allowed

URI = "file:///w/a.py"
TEXT = "def double(number):\n    return number * wrong\n"
RIGHT = "    return number * 2\n```"
USELESS = "    return number * wrong\n```"
RANGE = {"start": {"line": 1, "character": 20}, "end": {"line": 1, "character": 25}}
WRONG = {"range": RANGE, "message": "undefined name `wrong`", "severity": 1, "source": "theirs"}
LITERALS = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}
AUTOMATIC = 2


class Desk:
    """A server whose editor neither resolves actions nor applies edits, and a document with a problem."""

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.over = asyncio.Event()
        self.check = ScriptedCheck(words_not_allowed("wrong"))
        self.server: InProcess

    async def sleep(self, seconds: float) -> None:
        # Others wait too, and for ever here.
        await (self.over if seconds == SECONDS else asyncio.Event()).wait()

    def checks(self, language: str, project: Project, settings: Settings) -> list[ScriptedCheck]:
        return [self.check]

    async def open(self, **able: Any) -> Desk:
        self.server = await in_process(
            self.engine,
            able={"textDocument": {"codeAction": LITERALS}, **able},
            options={"repair": {"candidates": 0, "rounds": 1}},
            sleep=self.sleep,
            checks=self.checks,
        )
        document = {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}
        self.server.notify("textDocument/didOpen", {"textDocument": document})
        return self

    async def actions(self, **context: Any) -> list[dict[str, Any]]:
        params = {"textDocument": {"uri": URI}, "range": RANGE, "context": {"diagnostics": [WRONG], **context}}
        found: list[dict[str, Any]] = await self.server.request("textDocument/codeAction", params)
        return found

    def type(self) -> None:
        change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "\n"}
        params = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]}
        self.server.notify("textDocument/didChange", params)

    def told(self) -> list[str]:
        return [each["message"] for each in self.server.notifications("window/showMessage")]

    def searches(self) -> int:
        return sum(isinstance(each, ChatRequest) for each in self.engine.requests)


async def test_the_action_has_its_edit_and_the_evidence() -> None:
    desk = await Desk(FakeEngine(default=RIGHT)).open()
    (action,) = await desk.actions()
    assert action["title"] == "Fix: undefined name `wrong` (parses, scripted passes)"
    assert action["edit"]["changes"][URI][0]["newText"] == "2"
    assert not {"command", "data"} & set(action)
    assert desk.told() == []


async def test_what_takes_longer_is_there_the_next_time() -> None:
    gate = Gate()
    desk = await Desk(FakeEngine(default=RIGHT, prefill_gate=gate)).open()
    first = asyncio.ensure_future(desk.actions())
    await gate.reached.wait()
    desk.over.set()
    assert await first == []
    assert desk.told() == ["Mendline is still looking for a fix. Ask again in a while."]
    gate.open()
    await desk.server.until(lambda: desk.server.server.session.counters["repair.verified"])
    (action,) = await desk.actions()
    assert "edit" in action
    assert desk.searches() == 1


async def test_asking_again_meanwhile_begins_nothing_new() -> None:
    gate = Gate()
    desk = await Desk(FakeEngine(default=RIGHT, prefill_gate=gate)).open()
    both = [asyncio.ensure_future(desk.actions()) for _ in range(2)]
    await gate.reached.wait()
    gate.open()
    assert [len(each) for each in await asyncio.gather(*both)] == [1, 1]
    assert desk.searches() == 1


async def test_nothing_found_is_said_once_and_not_looked_for_again() -> None:
    desk = await Desk(FakeEngine(default=USELESS)).open()
    assert await desk.actions() == []
    (reason,) = desk.told()
    assert reason.startswith("No fix found: undefined name `wrong`")
    searches = desk.searches()
    assert await desk.actions() == []
    assert (desk.searches(), len(desk.told())) == (searches, 1)


async def test_a_keystroke_ends_it_and_the_request() -> None:
    gate = Gate()
    desk = await Desk(FakeEngine(default=RIGHT, prefill_gate=gate)).open()
    asking = asyncio.ensure_future(desk.actions())
    await gate.reached.wait()
    desk.type()
    with pytest.raises(AssertionError, match=str(JsonRpcContentModified.CODE)):
        await asking
    await desk.server.until(lambda: desk.engine.records and desk.engine.records[-1].cancelled)


@pytest.mark.parametrize(
    ("able", "context", "offered"),
    [
        # Nobody has asked: the editor wants to know whether there is anything.
        ({}, {"triggerKind": AUTOMATIC}, 0),
        # Other kinds are wanted.
        ({}, {"only": ["refactor"]}, 0),
        # Commands are no way to change the text.
        ({"textDocument": {"codeAction": {}}}, {}, 0),
        # What can be applied later isn't waited for.
        ({"workspace": {"applyEdit": True}}, {}, 1),
    ],
)
async def test_nothing_is_looked_for_where_nobody_waits(
    able: dict[str, Any], context: dict[str, Any], offered: int
) -> None:
    desk = await Desk(FakeEngine(default=RIGHT)).open(**able)
    found = await desk.actions(**context)
    assert len(found) == offered
    assert all("edit" not in each for each in found)
    assert desk.searches() == 0
