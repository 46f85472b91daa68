"""`textDocument/didClose`: the document is forgotten, and so is what was said of it."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from support.editor import Editor, capabilities, editing, until


def close(editor: Editor, uri: str) -> None:
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))


async def test_a_closed_document_gets_no_suggestion(editor: Editor) -> None:
    uri = editor.open("closing.py", "return")
    assert await editor.inline(uri, 0, 6)
    close(editor, uri)
    assert await editor.inline(uri, 0, 6) == []


async def test_a_change_after_it_does_not_bring_the_document_back(editor: Editor) -> None:
    uri = editor.open("late.py", "return")
    close(editor, uri)
    editor.change(uri, 2, "x\nreturn")
    assert await editor.inline(uri, 1, 6) == []


async def test_closing_what_is_not_open_is_survived(editor: Editor) -> None:
    close(editor, editor.uri("never-opened.py"))
    assert await editor.inline(editor.open("still-there.py", "return"), 0, 6)


async def test_its_diagnostics_are_taken_away(tmp_path: Path) -> None:
    async with editing(tmp_path, can=capabilities(pull=False)) as editor:
        uri = editor.open("a.py", "x = (")
        await until(lambda: editor.client.diagnostics.get(uri))
        close(editor, uri)
        await until(lambda: not editor.client.diagnostics[uri])
