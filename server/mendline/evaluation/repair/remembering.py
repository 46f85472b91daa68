"""An engine that answers the same greedy question the same way, without computing it again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from mendline.engine.protocol import ChatRequest, Chunk, Engine, EngineInfo, FillRequest, Usage
from mendline.engine.streams import closing


class RememberingEngine:
    """An `Engine` that passes everything on, and repeats what it has streamed for a greedy chat before.

    So arms that begin with the same question get the same answer at the same cost, whatever the cache holds by then.

    Args:
        engine: does the work; it is closed with this one.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[ChatRequest, tuple[Chunk, ...]] = {}

    def forget(self) -> None:
        """Drop what was streamed so far."""
        self._known.clear()

    def fill(self, request: FillRequest) -> AsyncIterator[Chunk]:
        """Stream the text between prefix and suffix."""
        return self._engine.fill(request)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the assistant's next turn."""
        known = self._known.get(request)
        if known is not None:
            for chunk in known:
                yield chunk
            return
        chunks: list[Chunk] = []
        async with closing(self._engine.chat(request)) as stream:
            async for chunk in stream:
                chunks.append(chunk)
                yield chunk
        if request.sampling.temperature == 0 and request.sampling.n == 1:
            self._known[request] = tuple(chunks)

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the request's prompt."""
        return await self._engine.warm(request)

    async def info(self) -> EngineInfo:
        """Tell what runs."""
        return await self._engine.info()

    async def aclose(self) -> None:
        """Close the engine."""
        await self._engine.aclose()
