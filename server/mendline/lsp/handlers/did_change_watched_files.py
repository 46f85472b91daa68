"""`workspace/didChangeWatchedFiles`: settings files, and the files of the index."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from mendline.lsp import from_lsp
from mendline.lsp.session import Session
from mendline.settings.loading import WORKSPACE_FILE, user_file


def handle(session: Session, params: types.DidChangeWatchedFilesParams) -> None:
    """Read the settings files anew if one of them changed; tell the index of the others."""
    paths = [path for each in params.changes if (path := from_lsp.path(each.uri))]
    settings = [path for path in paths if Path(path).name in (WORKSPACE_FILE, user_file().name)]
    if settings:
        session.reconfigure()
    session.indexing.changed(path for path in paths if path not in settings)
