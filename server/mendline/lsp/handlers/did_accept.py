"""`mendline.didAccept`: the command every suggestion carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mendline.lsp.session import Session


async def run(session: Session, arguments: Sequence[Any]) -> None:
    """Count it, and compute ahead what is asked for next."""
    session.counters.add("completion.accepted")
    session.warming.wake()
