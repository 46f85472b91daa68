"""When related code is gathered, and that a request never waits for it. Rests and threads are in the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mendline.context.related import Related
from mendline.engine.fake import FakeEngine
from mendline.engine.protocol import FillRequest
from support.in_process import InProcess, in_process

APP = "from lib import read\n\nx = 1\n"


class Hand:
    """Rests that end, and threads that do their work, when the test says so."""

    def __init__(self) -> None:
        self.rested = asyncio.Event()
        self.done = asyncio.Event()
        self.gathered = 0

    async def rest(self, _: float) -> None:
        await self.rested.wait()

    async def gather(self, work: Callable[[], Related]) -> Related:
        self.gathered += 1
        await self.done.wait()
        return work()


class Desk:
    """A workspace on disk with one file open, and the server at it."""

    def __init__(self, folder: Path, hand: Hand, engine: FakeEngine, server: InProcess) -> None:
        self.folder, self.hand, self.engine, self.server = folder, hand, engine, server

    @classmethod
    async def at(cls, folder: Path, **options: Any) -> Desk:
        (folder / "lib.py").write_text("def read(path): ...\n", encoding="utf-8")
        hand, engine = Hand(), FakeEngine(default="read('x')")
        settings = {"completion": {"debounceMs": 0}, **options}
        server = await in_process(engine, options=settings, rest=hand.rest, gather=hand.gather)
        desk = cls(folder, hand, engine, server)
        event = {"added": [{"uri": folder.as_uri(), "name": "w"}], "removed": []}
        server.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        desk.open("app.py", APP)
        return desk

    def open(self, name: str, text: str) -> None:
        item = {"uri": (self.folder / name).as_uri(), "languageId": "python", "version": 1, "text": text}
        self.server.notify("textDocument/didOpen", {"textDocument": item})

    async def rest(self) -> None:
        """Let a pause begin; what is gathered in it is there afterwards."""
        before = self.hand.gathered
        self.server.notify("textDocument/didFocus", {"textDocument": {"uri": self.uri}})
        self.hand.rested.set()
        await self.server.until(lambda: self.hand.gathered > before)

    async def asked(self) -> list[str]:
        """The paths of what a request for a suggestion shows the model before the file."""
        where = {"line": 2, "character": 4}
        params = {"textDocument": {"uri": self.uri}, "position": where, "context": {"triggerKind": 1}}
        await self.server.request("textDocument/inlineCompletion", params)
        request = [record.request for record in self.engine.records if record.kind == "fill"][-1]
        assert isinstance(request, FillRequest)
        return [chunk.text for chunk in request.context]

    @property
    def uri(self) -> str:
        return (self.folder / "app.py").as_uri()


async def test_a_request_takes_what_a_pause_brought_and_never_waits_for_it(tmp_path: Path) -> None:
    desk = await Desk.at(tmp_path)
    assert await desk.asked() == []
    await desk.rest()
    assert await desk.asked() == []
    desk.hand.done.set()
    await desk.server.until(lambda: any(record.kind == "warm" for record in desk.engine.records))
    assert await desk.asked() == ["def read(path): ...\n"]


async def test_an_open_document_is_read_as_the_editor_has_it(tmp_path: Path) -> None:
    desk = await Desk.at(tmp_path)
    desk.hand.done.set()
    desk.open("lib.py", "def read(path, mode): ...\n")
    await desk.rest()
    await desk.server.until(lambda: any(record.kind == "warm" for record in desk.engine.records))
    assert await desk.asked() == ["def read(path, mode): ...\n"]


@pytest.mark.parametrize("options", [{"context": {"omit": ["imports"]}}, {"privacy": {"exclude": ["lib.py"]}}])
async def test_what_the_user_leaves_out_is_not_read(tmp_path: Path, options: dict[str, Any]) -> None:
    desk = await Desk.at(tmp_path, **options)
    desk.hand.done.set()
    await desk.rest()
    await desk.server.until(lambda: any(record.kind == "warm" for record in desk.engine.records))
    assert await desk.asked() == []


async def test_nothing_is_gathered_where_suggestions_are_off(tmp_path: Path) -> None:
    desk = await Desk.at(tmp_path, completion={"enabled": False})
    desk.hand.rested.set()
    for _ in range(20):
        await asyncio.sleep(0)
    assert desk.hand.gathered == 0


async def test_only_one_thread_gathers_at_a_time(tmp_path: Path) -> None:
    desk = await Desk.at(tmp_path)
    await desk.rest()
    for _ in range(5):
        desk.server.notify("textDocument/didFocus", {"textDocument": {"uri": desk.uri}})
        await asyncio.sleep(0)
    assert desk.hand.gathered == 1
