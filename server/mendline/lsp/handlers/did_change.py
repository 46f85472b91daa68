"""`textDocument/didChange`."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp import from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    """Apply the changes in their order."""
    document = params.text_document
    session.workspace.change(document.uri, document.version, [from_lsp.change(each) for each in params.content_changes])
    session.changed(document.uri)
    session.edited(document.uri, params.content_changes)
