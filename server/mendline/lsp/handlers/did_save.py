"""`textDocument/didSave`."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp import from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: types.DidSaveTextDocumentParams) -> None:
    """Tell the index that the file is another one now."""
    if path := from_lsp.path(params.text_document.uri):
        session.indexing.changed([path])
