"""Fixes in what is in no file: documents that were never saved, and cells of notebooks. Real compilers and ruff."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from support.editor import Editor, editing
from support.fixes import SHAPES, SHAPES_MENDED, changed, span, undefined

_TRUSTED = {"trusted": True, "settings": {"completion": {"debounceMs": 0}, "context": {"index": False}}}
_EARLIER = "%matplotlib inline\nimport math\n\ndef area(radius):\n    return math.pi * radius * radius\n"
_HALF = "def half(:"
_CELL = "!ls\nring = area(2) - zzz(1)"
_CELL_MENDED = "!ls\nring = area(2) - area(1)"


def open_untitled(editor: Editor, text: str, language: str = "python") -> str:
    uri = "untitled:Untitled-1"
    editor.client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 1, text))
    )
    return uri


def open_cells(editor: Editor, *texts: str) -> list[str]:
    notebook = editor.uri("book.ipynb")
    uris = [f"vscode-notebook-cell:{notebook.removeprefix('file://')}#{number}" for number in range(len(texts))]
    cells = [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in uris]
    documents = [types.TextDocumentItem(uri, "python", 1, text) for uri, text in zip(uris, texts, strict=True)]
    document = types.NotebookDocument(notebook, "jupyter-notebook", 1, cells)
    editor.client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(document, documents))
    return uris


def listed(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def explained(editor: Editor, uri: str) -> dict[str, Any]:
    told: dict[str, Any] = await editor.ask("mendline/explainFix", {"textDocument": {"uri": uri}})
    return told


async def test_a_document_that_was_never_saved_is_checked_by_what_takes_its_text_alone(tmp_path: Path) -> None:
    (tmp_path / "test_untitled.py").write_text(
        "from untitled import area, ring\n\ndef test_ring(): assert ring(1, 1) == 0\n"
    )
    async with editing(tmp_path, options=_TRUSTED) as editor:
        uri = open_untitled(editor, SHAPES)
        wrong = undefined(SHAPES, "are")
        (action,) = await editor.actions(uri, wrong.range, [wrong])
        found = await editor.resolve(action)
        assert (found.title, found.is_preferred) == ("Fix: Undefined name `are` (parses, ruff and ty pass)", True)
        assert changed(SHAPES, found.edit) == SHAPES_MENDED
        (edited,) = found.edit.document_changes or ()  # type: ignore[union-attr]
        assert (edited.text_document.uri, edited.text_document.version) == (uri, 1)  # type: ignore[union-attr]
        checks = [each["check"] for each in (await explained(editor, uri))["after"]]
        assert "pytest" not in checks
        assert {"syntax", "compile", "ruff"} <= set(checks)


@pytest.mark.parametrize(
    ("language", "text", "tool", "evidence"),
    [
        (
            "c",
            "int area(int x) { return x; }\nint ring(int x) { return are(x); }\n",
            "gcc",
            "(parses, compiler passes)",
        ),
        ("rust", "fn area(x: i32) -> i32 { x }\nfn main() { are(1); }\n", "rustc", "(parses, rustc passes)"),
        ("lua", "function area(x) return x end\nprint(are(1))\n", "", "(unverified: no checker for Lua)"),
    ],
)
async def test_in_other_languages_too(tmp_path: Path, language: str, text: str, tool: str, evidence: str) -> None:
    if tool and shutil.which(tool) is None:
        pytest.skip(f"{tool} is not here")
    # What is part of no crate is not checked as one.
    (tmp_path / "Cargo.toml").write_text("[package]\nname = 'shapes'\n")
    async with editing(tmp_path, {"default": {"middle": ""}}) as editor:
        uri = open_untitled(editor, text, language)
        wrong = undefined(text, "are", source="tool", code=None)
        (action,) = await editor.actions(uri, wrong.range, [wrong])
        found = await editor.resolve(action)
        assert found.title == f"Fix: Undefined name `are` {evidence}"
        assert changed(text, found.edit) == text.replace("are(", "area(").replace("areaarea", "area")


async def test_a_cell_is_checked_behind_the_cells_before_it(tmp_path: Path) -> None:
    async with editing(tmp_path, {"default": {"middle": _CELL_MENDED.split("\n")[1]}}, options=_TRUSTED) as editor:
        *_, uri = open_cells(editor, _EARLIER, _HALF, _CELL)
        wrong = undefined(_CELL, "zzz")
        (action,) = await editor.actions(uri, wrong.range, [wrong])
        found = await editor.resolve(action)
        assert (found.title, found.is_preferred) == ("Fix: Undefined name `zzz` (parses, ruff and ty pass)", True)
        assert changed(_CELL, found.edit) == _CELL_MENDED
        (edited,) = found.edit.document_changes or ()  # type: ignore[union-attr]
        assert edited.text_document.uri == uri  # type: ignore[union-attr]
        told = await explained(editor, uri)
        ruff = next(each for each in told["before"] if each["check"] == "ruff")
        assert ruff["findings"] == ["Undefined name `zzz`"]
        assert "pytest" not in {each["check"] for each in told["before"]}
    assert not [each.name for each in listed(tmp_path) if "cell" in each.name]


async def test_all_problems_of_a_cell(tmp_path: Path) -> None:
    async with editing(tmp_path, {"default": {"middle": ""}}) as editor:
        cell = "import os\nring = are(2)"
        _, uri = open_cells(editor, _EARLIER.replace("area", "ares") + "area = ares\n", cell)
        (action,) = await editor.actions(uri, span(0, 0, 0, 0), only=["source.fixAll.mendline"])
        found = await editor.resolve(action)
        assert "import os" not in changed(cell, found.edit)


@pytest.mark.parametrize("uri", ["git:/w/a.py", "output:log", "untitled"])
async def test_what_else_an_editor_shows_has_no_fixes(editor: Editor, uri: str) -> None:
    editor.client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, SHAPES))
    )
    wrong = undefined(SHAPES, "are")
    assert await editor.actions(uri, wrong.range, [wrong]) == []
