"""`mendline/didPartiallyAccept`."""

from __future__ import annotations

from mendline.lsp import from_lsp
from mendline.lsp.extensions import field
from mendline.lsp.session import Session
from mendline.text.positions import PositionEncoding


def handle(session: Session, params: object) -> None:
    """Count it, and how much was taken; the rest goes on without the model. All of it is a suggestion accepted."""
    length, text = field(params, "acceptedLength"), field(params, "item", "insertText")
    session.counters.add("completion.partially-accepted")
    if isinstance(length, int) and length > 0:
        session.counters.add("completion.partially-accepted-characters", length)
        offer_id = from_lsp.offer_id(params)
        if isinstance(text, str) and length >= PositionEncoding.UTF16.width(text):
            session.acceptance.accepted(session.suggesting.accept(offer_id, session.settings), length)
        else:
            session.acceptance.partially_accepted(session.suggesting.offered(offer_id), length)
