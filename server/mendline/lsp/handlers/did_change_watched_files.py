"""`workspace/didChangeWatchedFiles`: one of the settings files."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.session import Session


def handle(session: Session, params: types.DidChangeWatchedFilesParams) -> None:
    """Read the settings files anew; only they are watched."""
    session.reconfigure()
