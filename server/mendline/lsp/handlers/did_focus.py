"""`textDocument/didFocus`: where the user is, so that the prompt is there before the first keystroke."""

from __future__ import annotations

from mendline.lsp import extensions, from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: object) -> None:
    """Note the place; without a document, that the user went elsewhere."""
    uri = extensions.field(params, "textDocument", "uri")
    if not isinstance(uri, str):
        session.warming.unfocused()
        return
    session.workspace.visit(uri)
    snapshot = session.workspace.snapshot(uri)
    position = from_lsp.focus(extensions.field(params, "position"), extensions.field(params, "range"))
    if snapshot is None or position is None:
        session.warming.focused(uri)
    else:
        session.warming.focused(uri, from_lsp.offset(snapshot.document, position, session.encoding))
