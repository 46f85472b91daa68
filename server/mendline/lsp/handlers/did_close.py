"""`textDocument/didClose`."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.session import Session


def handle(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    """Forget the document."""
    session.workspace.close(params.text_document.uri)
    session.publisher.closed(params.text_document.uri)
    session.warming.closed(params.text_document.uri)
    session.related.closed(params.text_document.uri)
    session.suggesting.closed(params.text_document.uri)
    session.elsewhere.closed(params.text_document.uri)
    session.repairing.closed(params.text_document.uri)
