"""`initialized`: from here on the server may ask the editor."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.session import Session


async def handle(session: Session, params: types.InitializedParams) -> None:
    """Ask for settings and have files watched."""
    await session.initialized()
