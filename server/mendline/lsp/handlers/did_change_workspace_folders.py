"""`workspace/didChangeWorkspaceFolders`: the settings file of the first folder counts."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp import from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Keep the folders in the order in which they were opened."""
    configuration = session.configuration
    removed = from_lsp.folders(params.event.removed)
    kept = [each for each in configuration.folders if each not in removed]
    # A folder that is told twice keeps its place.
    configuration.folders = tuple(dict.fromkeys((*kept, *from_lsp.folders(params.event.added))))
    session.reconfigure()
