"""`shutdown`: keep what would be lost. Not every editor says `exit` afterwards."""

from __future__ import annotations

from mendline.lsp.session import Session


async def handle(session: Session, params: None) -> None:
    """Have the figures on the disk before the answer."""
    await session.acceptance.keeping.keep_now()
