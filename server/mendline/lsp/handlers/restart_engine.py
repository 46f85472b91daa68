"""`mendline.restartEngine`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mendline.lsp.session import Session


async def run(session: Session, arguments: Sequence[Any]) -> None:
    """End the engine and start it anew, without waiting until it has loaded."""
    await session.restart()
