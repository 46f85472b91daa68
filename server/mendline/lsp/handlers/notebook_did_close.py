"""`notebookDocument/didClose`."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.session import Session


def handle(session: Session, params: types.DidCloseNotebookDocumentParams) -> None:
    """Forget the notebook and its cells."""
    session.workspace.close_notebook(params.notebook_document.uri)
    for cell in params.cell_text_documents:
        session.workspace.close(cell.uri)
        session.publisher.closed(cell.uri)
        session.warming.closed(cell.uri)
        session.related.closed(cell.uri)
        session.suggesting.closed(cell.uri)
