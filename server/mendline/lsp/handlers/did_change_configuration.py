"""`workspace/didChangeConfiguration`."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.extensions import field
from mendline.lsp.session import Session


async def handle(session: Session, params: types.DidChangeConfigurationParams) -> None:
    """Use what came along, from editors that send settings; ask the others."""
    if isinstance(sent := field(params.settings, "mendline"), dict):
        session.configuration.take(sent)
    await session.pull_configuration()
