"""`mendline.downloadModel`: fetch a model on the user's word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mendline.lsp.session import Session


async def run(session: Session, arguments: Sequence[Any]) -> dict[str, Any]:
    """Fetch the model named, or the one in the settings; return {ok, message} when that has ended."""
    model = arguments[0] if arguments and isinstance(arguments[0], str) else None
    problem = await session.download(model)
    return {"ok": not problem, "message": problem}
