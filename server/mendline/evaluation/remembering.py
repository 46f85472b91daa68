"""An engine that answers the same question the same way, without computing it again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import TypeVar

from attrs import frozen

from mendline.engine.protocol import ChatRequest, Chunk, Engine, EngineInfo, FillRequest, Usage
from mendline.engine.streams import closing

_Request = TypeVar("_Request", FillRequest, ChatRequest)


@frozen
class _Streamed:
    """What is known of a stream.

    Attributes:
        chunks: its beginning.
        ended: whether that is all of it.
    """

    chunks: tuple[Chunk, ...] = ()
    ended: bool = False


class RememberingEngine:
    """An `Engine` that passes everything on, and repeats what it has streamed for a greedy or seeded request before.

    So arms that ask the same get the same answer at the same cost in tokens, whatever the cache holds by then, and only
    the first one waits for it. Who reads on where others had enough has the whole stream computed again.

    Args:
        engine: does the work; it is closed with this one.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[FillRequest | ChatRequest, _Streamed] = {}
        self._warmed: dict[FillRequest, Usage] = {}

    def forget(self) -> None:
        """Drop what was streamed so far."""
        self._known.clear()
        self._warmed.clear()

    def fill(self, request: FillRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the text between prefix and suffix."""
        return self._streamed(request, self._engine.fill)

    def chat(self, request: ChatRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the assistant's next turn."""
        return self._streamed(request, self._engine.chat)

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the request's prompt, the first time."""
        usage = self._warmed.get(request)
        if usage is None:
            usage = self._warmed[request] = await self._engine.warm(request)
        return usage

    async def info(self) -> EngineInfo:
        """Tell what runs."""
        return await self._engine.info()

    async def aclose(self) -> None:
        """Close the engine."""
        await self._engine.aclose()

    async def _streamed(
        self, request: _Request, ask: Callable[[_Request], AsyncIterator[Chunk]]
    ) -> AsyncGenerator[Chunk, None]:
        known = self._known.get(request, _Streamed())
        for chunk in known.chunks:
            yield chunk
        if known.ended:
            return
        chunks: list[Chunk] = []
        ended = False
        try:
            async with closing(ask(request)) as stream:
                async for chunk in stream:
                    chunks.append(chunk)
                    if len(chunks) > len(known.chunks):
                        yield chunk
            ended = True
        finally:
            repeatable = request.sampling.temperature == 0 or request.sampling.seed is not None
            if repeatable and (ended or len(chunks) >= len(known.chunks)):
                self._known[request] = _Streamed(tuple(chunks), ended)
