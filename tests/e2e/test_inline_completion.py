"""`textDocument/inlineCompletion`."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import AUTOMATIC, INVOKED, Editor, capabilities, editing, raw_request, records, until

ADD = "def add(a, b):\n    return"
RETURN = {"prefix_ends_with": "return", "middle": " a + b"}


@pytest.mark.parametrize("kind", [INVOKED, AUTOMATIC])
async def test_an_item_has_text_range_and_a_command(editor: Editor, kind: types.InlineCompletionTriggerKind) -> None:
    uri = editor.open("sum.py", ADD)
    (item,) = await editor.inline(uri, 1, 10, kind)
    assert item.insert_text == " a + b"
    assert item.range == types.Range(types.Position(1, 10), types.Position(1, 10))
    assert item.command is not None
    assert item.command.command == "mendline.didAccept"
    assert item.command.arguments


async def test_several_lines(editor: Editor) -> None:
    uri = editor.open("block.py", "def block():\n    \n")
    (item,) = await editor.inline(uri, 1, 4)
    assert item.insert_text == "first = 1\n    return first"


async def test_a_cut_suggestion_has_the_documents_line_breaks(tmp_path: Path) -> None:
    script = [{"middle": "first = 1\n    second = 2\n    third = (2]\n    fourth = 4\n"}]
    async with editing(tmp_path, script) as editor:
        uri = editor.open("crlf.py", "def block():\r\n    \r\n")
        (item,) = await editor.inline(uri, 1, 4)
        assert item.insert_text == "first = 1\r\n    second = 2"


@pytest.mark.parametrize(("text", "line", "character"), [("x", 0, 1), ("", 0, 0), ("x", 99, 99)])
async def test_nothing_to_offer_is_an_empty_list(editor: Editor, text: str, line: int, character: int) -> None:
    assert await editor.inline(editor.open("empty.py", text), line, character) == []


async def test_a_document_that_is_not_open_gets_an_empty_list(editor: Editor) -> None:
    assert await editor.inline(editor.uri("never-opened.py"), 0, 0) == []


async def test_a_selected_completion_is_honoured(editor: Editor) -> None:
    uri = editor.open("m.py", "import math\nmath.sq")
    range_ = types.Range(types.Position(1, 5), types.Position(1, 7))
    (item,) = await editor.inline(uri, 1, 7, AUTOMATIC, types.SelectedCompletionInfo(range_, "sqrt"))
    assert item.range == range_
    assert item.insert_text == "sqrt(2)"


async def test_a_language_without_grammar_gets_suggestions(editor: Editor) -> None:
    uri = editor.open("a.cob", "IDENTIFICATION", language="cobol")
    (item,) = await editor.inline(uri, 0, 14)
    assert item.insert_text == " DIVISION."


async def test_an_engine_error_is_an_empty_answer(editor: Editor) -> None:
    assert await editor.inline(editor.open("f.py", "fails ="), 0, 7) == []
    (item,) = await editor.inline(editor.open("works.py", ADD), 1, 10)
    assert item.insert_text == " a + b"


async def test_the_old_client_librarys_trigger_number_is_understood(editor: Editor) -> None:
    uri = editor.open("zero.py", ADD)
    position = {"line": 1, "character": 10}
    params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 0}}
    answer = await raw_request(editor, "textDocument/inlineCompletion", params)
    assert answer.items[0].insert_text == " a + b"


async def test_the_request_sees_the_document_as_it_was_when_it_came(tmp_path: Path) -> None:
    hold, record = tmp_path / "go", tmp_path / "record"
    script = {"answers": [{**RETURN, "hold": str(hold)}], "record": str(record)}
    async with editing(tmp_path, script) as editor:
        uri = editor.open("sum.py", ADD)
        asked = editor.inlining(uri, 1, 10)
        editor.change(uri, 2, ((0, 0), (1, 10), "gone"))
        (start,) = await until(lambda: records(record))
        assert start["prefix_end"].endswith("    return")
        hold.touch()
        # What was offered no longer fits the document, and an old answer would be drawn at a wrong place.
        assert await asked == []


async def test_the_newest_request_of_a_document_wins_without_any_cancel(tmp_path: Path) -> None:
    hold, record = tmp_path / "go", tmp_path / "record"
    answers = [
        {**RETURN, "hold": str(tmp_path / "never")},
        {"prefix_ends_with": "return a", "middle": " + b"},
        {"prefix_ends_with": "x =", "middle": " 1", "hold": str(hold)},
    ]
    async with editing(tmp_path, {"answers": answers, "record": str(record)}) as editor:
        uri = editor.open("sum.py", ADD)
        other = editor.inlining(editor.open("other.py", "x ="), 0, 3)
        older = editor.inlining(uri, 1, 10)
        await until(lambda: len(records(record)) == 2)
        editor.change(uri, 2, ((1, 10), (1, 10), " a"))
        (item,) = await editor.inline(uri, 1, 12)
        assert item.insert_text == " + b"
        assert await older == []
        ends = {each["number"]: each["outcome"] for each in records(record) if each["event"] == "end"}
        assert ends[1] == "cancelled"
        assert 0 not in ends
        hold.touch()
        assert [each.insert_text for each in await other] == [" 1"]


@pytest.mark.parametrize(("encoding", "units"), [("utf-8", 16), ("utf-16", 12), ("utf-32", 10)])
async def test_positions_count_in_the_agreed_encoding(tmp_path: Path, encoding: str, units: int) -> None:
    script = [{"prefix_ends_with": "x = '🎉🎉' +", "middle": " 'é'"}]
    async with editing(tmp_path, script, can=capabilities(encodings=[encoding, "utf-16"])) as editor:
        assert editor.initialized.capabilities.position_encoding == encoding
        uri = editor.open("party.py", "x = '🎉🎉'")
        editor.change(uri, 2, ((0, units - 2), (0, units - 2), " +"))
        (item,) = await editor.inline(uri, 0, units)
        assert item.insert_text == " 'é'"
        assert item.range == types.Range(types.Position(0, units), types.Position(0, units))
