"""Fixes looked for while the user rests. The rest is in the test's hand."""

from __future__ import annotations

import asyncio
from typing import Any

from mendline.engine.fake import FakeEngine, Gate
from mendline.engine.protocol import EngineInfo, Priority
from mendline.lsp.idle_repair import REST_SECONDS
from support.fix_desk import RIGHT, URI, FixDesk

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


class Desk(FixDesk):
    """One whose model is loaded."""

    def __init__(self, engine: FakeEngine) -> None:
        super().__init__(engine, REST_SECONDS)

    async def open(self, **options: Any) -> Desk:
        settings = {"repair": {"idle": True, "candidates": 0, "rounds": 1}, **options}
        await self.begin(ABLE, settings, rest=self.pause)
        session = self.server.server.session
        await self.server.until(lambda: session.engine.info is not None)
        return self


async def test_the_fix_is_there_when_the_lightbulb_opens() -> None:
    desk = await Desk(FakeEngine(default=RIGHT)).open()
    (first,) = await desk.actions()
    assert "edit" not in first
    desk.over.set()
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
    desk.over.set()
    await gate.reached.wait()
    desk.type()
    await desk.server.until(lambda: desk.engine.records and desk.engine.records[-1].cancelled)
    assert not desk.server.server.session.counters["repair.verified"]


async def test_moving_the_cursor_does_not_end_it() -> None:
    gate = Gate()
    desk = await Desk(FakeEngine(default=RIGHT, prefill_gate=gate)).open()
    await desk.actions()
    desk.over.set()
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
        desk.over.set()
        await desk.actions()
        for _ in range(20):
            await asyncio.sleep(0)
        assert not desk.chats()
