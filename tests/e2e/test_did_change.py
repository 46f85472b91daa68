"""`textDocument/didOpen`, `didChange` and `didClose`, seen through what the server says of the document afterwards."""

from __future__ import annotations

import pytest
from lsprotocol import types

from support.editor import Editor

Change = tuple[tuple[int, int], tuple[int, int], str] | str


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("x = 1", [((0, 5), (0, 5), "\nreturn")]),
        ("a\nb\nc", [((0, 0), (1, 0), ""), ((1, 0), (1, 1), "return")]),
        ("a", ["return"]),
        ("a", ["first", ((0, 0), (0, 5), "return")]),
        ("a\x0cb\u2028c\n", [((0, 0), (1, 0), "return")]),
        ("a\r\nb\rc", [((2, 0), (2, 1), "return")]),
        ("a", [((0, 1), (77, 99), "\nreturn")]),
        ("a\n", [((90, 0), (95, 0), "return")]),
        ("'🎉'", [((0, 4), (0, 4), "\nreturn")]),
        ("x", []),
    ],
    ids=str,
)
async def test_changes_are_applied_in_order(editor: Editor, text: str, changes: list[Change]) -> None:
    uri = editor.open("changed.py", text)
    if not changes:
        editor.change(uri, 2, ((0, 0), (0, 1), "return"))
    editor.change(uri, 3, *changes)
    # The fake engine has an answer only where "return" ends the text before the cursor.
    (item,) = await editor.inline(uri, 1000, 0)
    assert item.insert_text == " a + b"


async def test_a_change_of_an_unknown_document_is_survived(editor: Editor) -> None:
    editor.change(editor.uri("never-opened.py"), 2, ((0, 0), (0, 0), "x"), "whole")
    assert await editor.inline(editor.uri("never-opened.py"), 0, 0) == []


async def test_a_version_that_goes_back_is_survived(editor: Editor) -> None:
    uri = editor.open("back.py", "", version=7)
    editor.change(uri, 3, "return")
    assert await editor.inline(uri, 0, 6)


async def test_opened_again_it_is_the_new_text(editor: Editor) -> None:
    uri = editor.open("twice.py", "return")
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    assert await editor.inline(uri, 0, 6) == []
    editor.open("twice.py", "x\nreturn")
    assert await editor.inline(uri, 1, 6)


async def test_a_uri_may_be_spelled_in_two_ways(editor: Editor) -> None:
    uri = editor.open("a(1).py", "return")
    assert "%28" in uri or "(" in uri
    other = uri.replace("(", "%28") if "(" in uri else uri.replace("%28", "(").replace("%29", ")")
    assert await editor.inline(other, 0, 6)
