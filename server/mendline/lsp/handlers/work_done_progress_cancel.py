"""`window/workDoneProgress/cancel`."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.session import Session


def handle(session: Session, params: types.WorkDoneProgressCancelParams) -> None:
    """Stop what the bar stands for."""
    session.bars.cancel(params.token)
