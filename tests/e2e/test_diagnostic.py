"""`textDocument/diagnostic`, and what editors get that cannot ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import Editor, capabilities, editing, until


@pytest.mark.parametrize(
    ("language", "text", "lines"),
    [
        ("python", "print((1, 2)\n", [0]),
        ("python", "x = 1\n", []),
        ("typescript", "const x = ;\n", [0]),
        ("cobol", "((((", []),
        ("plaintext", "((((", []),
        ("python", "", []),
    ],
)
async def test_syntax_errors_are_reported(editor: Editor, language: str, text: str, lines: list[int]) -> None:
    uri = editor.open(f"diagnosed.{language}", text, language)
    report = await editor.diagnose(uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert [item.range.start.line for item in report.items] == lines
    for item in report.items:
        assert (item.source, item.severity) == ("mendline", types.DiagnosticSeverity.Error)


async def test_unchanged_errors_are_not_sent_again(editor: Editor) -> None:
    uri = editor.open("again.py", "x = (1\n")
    first = await editor.diagnose(uri)
    assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
    assert first.items
    second = await editor.diagnose(uri, first.result_id)
    assert isinstance(second, types.RelatedUnchangedDocumentDiagnosticReport)
    assert second.result_id == first.result_id
    editor.change(uri, 2, ((0, 6), (0, 6), ")"))
    third = await editor.diagnose(uri, first.result_id)
    assert isinstance(third, types.RelatedFullDocumentDiagnosticReport)
    assert not third.items


async def test_a_closed_document_has_none(editor: Editor) -> None:
    uri = editor.open("closed.py", "x = (")
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    report = await editor.diagnose(uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert not report.items


async def test_an_editor_that_cannot_ask_is_sent_them(tmp_path: Path) -> None:
    async with editing(tmp_path, can=capabilities(pull=False)) as editor:
        uri = editor.open("a.py", "x = (")
        await until(lambda: editor.client.diagnostics.get(uri))
        editor.change(uri, 2, "x = 1")
        await until(lambda: not editor.client.diagnostics[uri])
