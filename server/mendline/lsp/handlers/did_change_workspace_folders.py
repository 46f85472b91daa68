"""`workspace/didChangeWorkspaceFolders`: the settings file of the first folder counts."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from mendline.lsp import from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Go over to another root when the present one is taken away, or there was none."""
    root = session.configuration.root
    removed = [from_lsp.path(folder.uri) for folder in params.event.removed]
    if root is not None and str(root) not in removed:
        return
    added = [path for folder in params.event.added if (path := from_lsp.path(folder.uri))]
    session.configuration.root = Path(added[0]) if added else None
    session.reconfigure()
