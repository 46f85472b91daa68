"""`mendline/didShow`."""

from __future__ import annotations

from mendline.lsp import from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: object) -> None:
    """Count it, and note what is on the screen: it is not replaced lightly."""
    session.suggesting.show(from_lsp.offer_id(params))
