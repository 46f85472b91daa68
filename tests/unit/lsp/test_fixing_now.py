"""Fixes for an editor that takes an edit only with its action. How long it waits is in the test's hand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pygls.exceptions import JsonRpcContentModified

from mendline.engine.fake import FakeEngine, Gate
from mendline.lsp.fixing_now import SECONDS
from support.fix_desk import RIGHT, URI, WRONG, FixDesk

USELESS = "    return number * wrong\n```"
LITERALS = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}
AUTOMATIC = 2


class Desk(FixDesk):
    """One whose editor neither resolves actions nor applies edits."""

    def __init__(self, engine: FakeEngine) -> None:
        super().__init__(engine, SECONDS)

    async def open(self, **able: Any) -> Desk:
        able = {"textDocument": {"codeAction": LITERALS}, **able}
        await self.begin(able, {"repair": {"candidates": 0, "rounds": 1}}, sleep=self.pause)
        return self

    def told(self) -> list[str]:
        return [each["message"] for each in self.server.notifications("window/showMessage")]

    def searches(self) -> int:
        return len(self.chats())


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


async def test_an_editor_that_names_one_problem_gets_its_fix_alone() -> None:
    uri = "file:///w/b.py"
    text = "def first() -> int\n    return 1\n\n\ndef second() -> int\n    return 2\n"
    everywhere = {"start": {"line": 0, "character": 0}, "end": {"line": 6, "character": 0}}
    desk = await Desk(FakeEngine(default=RIGHT)).open()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    desk.server.notify("textDocument/didOpen", {"textDocument": document})

    async def asked(*named: Any) -> list[Any]:
        params = {"textDocument": {"uri": uri}, "range": everywhere, "context": {"diagnostics": named}}
        return [each["diagnostics"][0] for each in await desk.server.request("textDocument/codeAction", params)]

    every = await asked()
    assert [each["range"]["start"]["line"] for each in every] == [1, 4]
    for each in every:
        assert await asked(each) == [each]
    # The text has changed since.
    moved = {**every[0], "range": everywhere}
    assert await asked(moved) == every
    # What others report says nothing of ours.
    assert every[1] in await asked({**WRONG, "range": every[0]["range"]})
