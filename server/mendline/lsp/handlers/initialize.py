"""`initialize`: take what the editor says of itself. pygls answers with the capabilities of the registry."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.session import Session


def handle(session: Session, params: types.InitializeParams) -> None:
    """Note encoding, workspace and options."""
    session.initialize(params)
