"""`mendline/didPartiallyAccept`."""

from __future__ import annotations

from mendline.lsp.extensions import field
from mendline.lsp.session import Session


def handle(session: Session, params: object) -> None:
    """Count it, and how much was taken."""
    session.counters.add("completion.partially-accepted")
    length = field(params, "acceptedLength")
    if isinstance(length, int) and length > 0:
        session.counters.add("completion.partially-accepted-characters", length)
