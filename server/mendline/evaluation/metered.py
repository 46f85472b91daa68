"""An engine whose own time is measured, so that it can be told from the time everything else takes."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from mendline.engine.protocol import ChatRequest, Chunk, Engine, EngineInfo, FillRequest, Usage
from mendline.engine.streams import closing


class MeteredEngine:
    """An `Engine` that passes everything on.

    Args:
        engine: does the work; it is closed with this one.
        clock: seconds.

    Attributes:
        seconds: for how long those who asked waited for the next piece of a stream, for its end, or for it to stop.
            What they did between two pieces is not in it, nor are warm-ups. Where several waited, time counts once.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.perf_counter) -> None:
        self._engine = engine
        self._clock = clock
        self.seconds = 0.0
        self._waiting = 0
        self._since = 0.0

    def fill(self, request: FillRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the text between prefix and suffix."""
        return self._metered(self._engine.fill(request))

    def chat(self, request: ChatRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the assistant's next turn."""
        return self._metered(self._engine.chat(request))

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the request's prompt."""
        return await self._engine.warm(request)

    async def info(self) -> EngineInfo:
        """Tell what runs."""
        return await self._engine.info()

    async def aclose(self) -> None:
        """Close the engine."""
        await self._engine.aclose()

    async def _metered(self, stream: AsyncIterator[Chunk]) -> AsyncGenerator[Chunk, None]:
        self._wait()
        try:
            async with closing(stream):
                async for chunk in stream:
                    self._go_on()
                    try:
                        yield chunk
                    finally:
                        # Also where the consumer has enough: the engine's stop is its own time again.
                        self._wait()
        finally:
            self._go_on()

    def _wait(self) -> None:
        if not self._waiting:
            self._since = self._clock()
        self._waiting += 1

    def _go_on(self) -> None:
        self._waiting -= 1
        if not self._waiting:
            self.seconds += self._clock() - self._since
