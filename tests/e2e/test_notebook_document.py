"""`notebookDocument/didOpen`, `didChange`, `didClose`: cells are documents, and earlier cells are context."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from support.editor import Editor
from support.fixes import changed

Kind = types.NotebookCellKind


def cell(uri: str, kind: Kind = Kind.Code) -> types.NotebookCell:
    return types.NotebookCell(kind, uri)


def text(uri: str, content: str, language: str = "python") -> types.TextDocumentItem:
    return types.TextDocumentItem(uri, language, 1, content)


async def sections(editor: Editor, uri: str) -> list[tuple[str, int]]:
    explained: dict[str, Any] = await editor.ask("mendline/explain", {"textDocument": {"uri": uri}})
    return [(each["name"], each["characters"]) for each in explained["sections"]]


async def test_cells_are_documents_and_earlier_code_is_context(editor: Editor) -> None:
    notebook = editor.uri("book.ipynb")
    a, note, b = (f"vscode-notebook-cell:{notebook.removeprefix('file://')}#{name}" for name in ("a", "note", "b"))
    editor.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(notebook, "jupyter-notebook", 1, [cell(a), cell(note, Kind.Markup), cell(b)]),
            [text(a, "import math"), text(note, "# Words", "markdown"), text(b, "return")],
        )
    )
    assert await editor.inline(b, 0, 6)
    assert [name for name, _ in await sections(editor, b)].count("cell") == 1
    assert await editor.inline(a, 0, 11) == []
    assert "cell" not in [name for name, _ in await sections(editor, a)]

    # A cell is put in between, and the first one gets more text.
    between = a + "2"
    identifier = types.VersionedNotebookDocumentIdentifier(2, notebook)
    structure = types.NotebookDocumentCellChangeStructure(
        types.NotebookCellArrayChange(1, 0, [cell(between)]), [text(between, "x = 1")]
    )
    insertion = types.TextDocumentContentChangePartial(
        types.Range(types.Position(0, 11), types.Position(0, 11)), ", cmath"
    )
    content = types.NotebookDocumentCellContentChanges(types.VersionedTextDocumentIdentifier(2, a), [insertion])
    changes = types.NotebookDocumentCellChanges(structure=structure, text_content=[content])
    editor.client.notebook_document_did_change(
        types.DidChangeNotebookDocumentParams(identifier, types.NotebookDocumentChangeEvent(cells=changes))
    )
    assert await editor.inline(b, 0, 6)
    cells = [size for name, size in await sections(editor, b) if name == "cell"]
    assert len(cells) == 2
    assert sum(cells) >= len("import math, cmath") + len("x = 1")

    # The new cell is taken out, and what was text becomes code.
    structure = types.NotebookDocumentCellChangeStructure(
        types.NotebookCellArrayChange(1, 1), did_close=[types.TextDocumentIdentifier(between)]
    )
    changes = types.NotebookDocumentCellChanges(structure=structure, data=[cell(note)])
    editor.client.notebook_document_did_change(
        types.DidChangeNotebookDocumentParams(identifier, types.NotebookDocumentChangeEvent(cells=changes))
    )
    assert await editor.inline(between, 0, 5) == []
    assert await editor.inline(b, 0, 6)
    # The other cell's language is another one: it is no context.
    assert [name for name, _ in await sections(editor, b)].count("cell") == 1

    editor.client.notebook_document_did_close(
        types.DidCloseNotebookDocumentParams(
            types.NotebookDocumentIdentifier(notebook), [types.TextDocumentIdentifier(uri) for uri in (a, note, b)]
        )
    )
    assert await editor.inline(b, 0, 6) == []


async def test_a_change_of_an_unknown_notebook_is_survived(editor: Editor) -> None:
    identifier = types.VersionedNotebookDocumentIdentifier(2, editor.uri("unknown.ipynb"))
    structure = types.NotebookDocumentCellChangeStructure(types.NotebookCellArrayChange(5, 3, [cell("cell:z")]))
    changes = types.NotebookDocumentCellChanges(structure=structure, data=[cell("cell:z")])
    editor.client.notebook_document_did_change(
        types.DidChangeNotebookDocumentParams(identifier, types.NotebookDocumentChangeEvent(cells=changes))
    )
    assert await editor.inline(editor.open("alive.py", "return"), 0, 6)


async def test_commands_to_the_notebook_are_no_syntax_errors(editor: Editor) -> None:
    notebook = editor.uri("magic.ipynb")
    cells = {
        "magics": "%matplotlib inline\nfiles = !ls (\n?print\nreturn",
        "bash": '%%bash\nfor each in *; do echo "$each"; done\n',
        "wrong": "!ls\nprint((1, 2)\n",
    }
    uris = {name: f"vscode-notebook-cell:{notebook.removeprefix('file://')}#{name}" for name in cells}
    editor.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(notebook, "jupyter-notebook", 1, [cell(uri) for uri in uris.values()]),
            [text(uris[name], content) for name, content in cells.items()],
        )
    )
    # Where the cell is suggested for, its commands break nothing.
    (item,) = await editor.inline(uris["magics"], 3, 6)
    assert item.insert_text == " a + b"
    found = {name: await editor.diagnose(uri) for name, uri in uris.items()}
    messages = {name: [each.message for each in report.items] for name, report in found.items()}  # type: ignore[union-attr]
    assert messages == {"magics": [], "bash": [], "wrong": ['unclosed "("']}
    (wrong,) = found["wrong"].items  # type: ignore[union-attr]
    (action,) = await editor.actions(uris["wrong"], wrong.range)
    resolved = await editor.resolve(action)
    assert changed(cells["wrong"], resolved.edit) == "!ls\nprint((1, 2))\n"
    # The same text in a file is wrong.
    file = editor.open("magic.py", cells["magics"])
    assert (await editor.diagnose(file)).items  # type: ignore[union-attr]
