"""`mendline/didShow`."""

from __future__ import annotations

from mendline.lsp.session import Session


def handle(session: Session, params: object) -> None:
    """Count it."""
    session.counters.add("completion.shown")
