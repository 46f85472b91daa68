"""`exit`: the end, whatever is under way."""

from __future__ import annotations

from mendline.lsp.session import Session


def handle(session: Session, params: None) -> None:
    """Stop the server; its exit status tells whether `shutdown` came before."""
    session.stop()
