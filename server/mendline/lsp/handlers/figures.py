"""`mendline/figures`: what became of suggestions on this machine, by day and language."""

from __future__ import annotations

from typing import Any

from mendline.lsp import to_lsp
from mendline.lsp.session import Session


async def handle(session: Session, params: object) -> dict[str, Any]:
    """Return the figures of the sessions that have ended and of this one, the latest day first."""
    return to_lsp.figures(await session.acceptance.keeping.total())
