"""`mendline/didShow`."""

from __future__ import annotations

from mendline.lsp import from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: object) -> None:
    """Count it, and note what is on the screen: it is not replaced lightly."""
    offer_id = from_lsp.offer_id(params)
    if session.suggesting.show(offer_id):
        session.acceptance.shown(session.suggesting.offered(offer_id))
