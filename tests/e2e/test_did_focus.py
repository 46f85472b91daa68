"""`textDocument/didFocus`: the prompt of the place the user is at is computed before anything is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mendline.telemetry import ledger
from support.editor import Editor, editing, records, until

TEXT = "".join(f"line {number}\n" for number in range(100))
ANSWERS = [{"prefix_ends_with": "return", "middle": " 1"}]


def focus(editor: Editor, uri: str, **more: Any) -> None:
    editor.notify("textDocument/didFocus", {"textDocument": {"uri": uri}, **more})


async def warmed(record: Path, count: int) -> list[str]:
    """The ends of the prefixes that were computed ahead, once there are so many."""
    starts: list[dict[str, Any]] = await until(
        lambda: (
            found
            if len(found := [each for each in records(record, "warm") if each["event"] == "start"]) >= count
            else None
        )
    )
    return [each["prefix_end"] for each in starts]


async def test_the_place_the_editor_tells_is_computed_ahead(tmp_path: Path) -> None:
    record = tmp_path / "record"
    async with editing(tmp_path, {"answers": ANSWERS, "record": str(record)}) as editor:
        uri = editor.open("a.py", TEXT)
        focus(editor, uri, position={"line": 50, "character": 4})
        assert (await warmed(record, 1))[-1].endswith("line 49\nline")
        visible = {"start": {"line": 60, "character": 0}, "end": {"line": 80, "character": 0}}
        focus(editor, uri, position={"line": 50, "character": 4}, range=visible)
        assert (await warmed(record, 2))[-1].endswith("line 69\n")
        await until(lambda: len(records(record, "warm")) == 4)
    counts = ledger.read(tmp_path / "state" / "telemetry" / ledger.FILE)
    assert counts == {"warming.begun": 2, "warming.finished": 2}


async def test_an_opened_document_is_computed_ahead_without_it(tmp_path: Path) -> None:
    record = tmp_path / "record"
    async with editing(tmp_path, {"record": str(record)}) as editor:
        editor.open("a.py", TEXT)
        assert await warmed(record, 1) == [""]


async def test_a_request_ends_what_is_computed_ahead(tmp_path: Path) -> None:
    record = tmp_path / "record"
    script = {"answers": [*ANSWERS, {"hold": str(tmp_path / "never")}], "record": str(record)}
    async with editing(tmp_path, script) as editor:
        uri = editor.open("a.py", "x = 1\nreturn")
        focus(editor, uri, position={"line": 1, "character": 0})
        await warmed(record, 1)
        (item,) = await editor.inline(uri, 1, 6)
        assert item.insert_text == " 1"
        events = [(each["kind"], each["event"]) for each in records(record, "warm", "fill")]
        assert events.index(("warm", "end")) < events.index(("fill", "start"))


@pytest.mark.parametrize("params", [None, {}, {"textDocument": {"uri": 7}}, {"position": {"line": -1}}, [], "x", 7])
async def test_nonsense_is_survived(editor: Editor, params: object) -> None:
    editor.notify("textDocument/didFocus", params)
    uri = editor.open("nonsense.py", "return")
    focus(editor, uri, position={"line": "x"}, range=3)
    assert await editor.inline(uri, 0, 6)
