"""A stream read to its end, and when its parts came."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from attrs import frozen

from mendline.engine.protocol import Chunk, FinishReason, Usage


@frozen
class Timed:
    """What came of one request.

    Attributes:
        texts: what each candidate is.
        finish: why the last one ended.
        usage: what all of them cost.
        first_seconds: from the request to the first token (to the end, if there was none).
        seconds: from the request to the end.
    """

    texts: tuple[str, ...]
    finish: FinishReason
    usage: Usage
    first_seconds: float
    seconds: float


async def timed(stream: AsyncIterator[Chunk]) -> Timed:
    """Read a stream that is not consumed yet."""
    started = time.perf_counter()
    first: float | None = None
    texts: dict[int, str] = {}
    finish, usage = FinishReason.CANCELLED, Usage()
    async for chunk in stream:
        if first is None and (chunk.tokens or chunk.text):
            first = time.perf_counter() - started
        texts[chunk.candidate] = texts.get(chunk.candidate, "") + chunk.text
        finish = chunk.finish or finish
        usage = chunk.usage or usage
    seconds = time.perf_counter() - started
    ordered = tuple(texts[number] for number in sorted(texts))
    return Timed(ordered, finish, usage, seconds if first is None else first, seconds)
