"""`mendline/status`, asked for."""

from __future__ import annotations

from typing import Any

from mendline.lsp.session import Session


def handle(session: Session, params: object) -> dict[str, Any]:
    """Return the status as the notification has it, and where the indexes stand."""
    return session.status.payload() | {"index": session.indexing.payload()}
