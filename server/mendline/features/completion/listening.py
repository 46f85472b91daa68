"""Listening to an engine while it writes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from attrs import frozen

from mendline.engine.protocol import ChatRequest, Chunk, Engine, EngineInfo, FillRequest, Usage
from mendline.engine.streams import closing


@frozen
class Overheard:
    """An engine that tells somebody else, too, what it has written so far in the middle (of the first candidate)."""

    _engine: Engine
    _hear: Callable[[str], None]

    async def fill(self, request: FillRequest) -> AsyncIterator[Chunk]:
        """Stream the text between prefix and suffix."""
        text = ""
        async with closing(self._engine.fill(request)) as chunks:
            async for chunk in chunks:
                if chunk.candidate == 0:
                    text += chunk.text
                    self._hear(text)
                yield chunk

    def chat(self, request: ChatRequest) -> AsyncIterator[Chunk]:
        """Stream the assistant's next turn."""
        return self._engine.chat(request)

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the request's prompt."""
        return await self._engine.warm(request)

    async def info(self) -> EngineInfo:
        """Tell what runs."""
        return await self._engine.info()

    async def aclose(self) -> None:
        """Do nothing: who owns the engine closes it."""
