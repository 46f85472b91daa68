"""`textDocument/didOpen`."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp import from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    """Take the document over, and load the model for what will be asked next."""
    item = params.text_document
    session.workspace.open(item.uri, item.language_id, item.version, item.text, from_lsp.path(item.uri))
    session.changed(item.uri)
    session.warming.opened(item.uri)
    session.warm()
