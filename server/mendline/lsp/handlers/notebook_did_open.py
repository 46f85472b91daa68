"""`notebookDocument/didOpen`."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp import from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: types.DidOpenNotebookDocumentParams) -> None:
    """Take the notebook and its cells' documents over."""
    notebook = params.notebook_document
    cells = [from_lsp.cell(each) for each in notebook.cells]
    session.workspace.open_notebook(notebook.uri, from_lsp.path(notebook.uri), cells)
    for item in params.cell_text_documents:
        session.workspace.open_cell(notebook.uri, item.uri, item.language_id, item.version, item.text)
        session.changed(item.uri)
    session.warm()
