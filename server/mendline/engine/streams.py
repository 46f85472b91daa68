"""What everyone who passes a stream of chunks on needs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from mendline.engine.protocol import Chunk


@contextlib.asynccontextmanager
async def closing(stream: AsyncIterator[Chunk]) -> AsyncIterator[AsyncIterator[Chunk]]:
    """Close `stream` on the way out, which cancels the generation when it has not come to its end.

    Without it an abandoned generator would go on until the garbage collector finds it.
    """
    try:
        yield stream
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()
