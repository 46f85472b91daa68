"""`mendline.didAccept`: the command every suggestion carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mendline.lsp.session import Session


async def run(session: Session, arguments: Sequence[Any]) -> None:
    """Count it, and compute ahead what is asked for next."""
    made = session.suggesting.accept(arguments[0] if arguments else None, session.settings)
    session.acceptance.accepted(made, 0 if made is None else session.suggesting.left(made))
    session.warming.wake()
