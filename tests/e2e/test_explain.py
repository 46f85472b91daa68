"""`mendline/explain`, `mendline/didShow`, `mendline/didPartiallyAccept`."""

from __future__ import annotations

from pathlib import Path

import pytest
from pygls.exceptions import JsonRpcException

from support.editor import Editor, editing, raw_request, records, until


async def test_it_tells_what_was_seen_and_what_came(editor: Editor) -> None:
    uri = editor.open("explained.py", "def add(a, b):\n    return")
    assert await editor.ask("mendline/explain", {"textDocument": {"uri": uri}}) is None
    await editor.inline(uri, 1, 10)
    told = await editor.ask("mendline/explain", {"textDocument": {"uri": uri}})
    assert told["position"] == {"line": 1, "character": 10}
    assert (told["version"], told["trigger"], told["reasons"]) == (1, "invoked", [])
    assert [candidate["text"] for candidate in told["candidates"]] == [" a + b"]
    assert [section["text"] for section in told["sections"] if section["name"] == "prefix"] == [
        "def add(a, b):\n    return"
    ]
    assert told["timings"]["total"] > 0
    assert told["timings"]["waited"] == 0, "who asks doesn't wait"


async def test_it_tells_why_there_was_nothing(editor: Editor) -> None:
    uri = editor.open("nothing.py", "x")
    await editor.inline(uri, 0, 1)
    told = await editor.ask("mendline/explain", {"textDocument": {"uri": uri}})
    assert [each["reason"] for each in told["reasons"]] == ["empty"]


@pytest.mark.parametrize("params", [None, {}, [], {"textDocument": 3}, {"textDocument": {"uri": 3}}])
async def test_wrong_parameters_are_refused(editor: Editor, params: object) -> None:
    with pytest.raises(JsonRpcException, match="textDocument"):
        await raw_request(editor, "mendline/explain", params)


@pytest.mark.parametrize(
    "params", [None, {}, {"item": {"insertText": "x"}, "acceptedLength": 1}, {"acceptedLength": "x"}]
)
async def test_what_the_editor_tells_of_an_item_is_taken(editor: Editor, params: object) -> None:
    editor.notify("mendline/didShow", params)
    editor.notify("mendline/didPartiallyAccept", params)
    assert await editor.ask("mendline/status")


async def test_it_tells_which_related_code_was_seen(tmp_path: Path) -> None:
    """Gathered on the disk, by a thread of the real server, in the pause after the file was opened."""
    (tmp_path / "lib.py").write_text("def add(a, b):\n    return a + b\n")
    (tmp_path / "AGENTS.md").write_text("Write short functions.\n")
    record = tmp_path / "record"
    async with editing(tmp_path, {"record": str(record)}) as editor:
        uri = editor.open("app.py", "from lib import add\n\nx = ")
        await until(lambda: records(record, "warm"))
        await editor.inline(uri, 2, 4)
        told = await editor.ask("mendline/explain", {"textDocument": {"uri": uri}})
        sections = [(each["name"], each["path"]) for each in told["sections"]]
        assert sections[:2] == [("notes", "AGENTS.md"), ("imports", "lib.py")]
