"""The llama.cpp engine's asynchronous face."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from mendline.engine.errors import EngineError
from mendline.engine.llama.options import LlamaOptions
from mendline.engine.llama.session import Session
from mendline.engine.llama.steps import Steps
from mendline.engine.llama.worker import UPKEEP_AFTER, Work, Worker
from mendline.engine.protocol import ChatRequest, Chunk, EngineInfo, FillRequest, Priority, Usage


class LlamaEngine:
    """A GGUF model in this process. Implements `protocol.Engine`.

    The model is loaded by the first request that needs it (or by `info`). One thread computes; requests wait for it,
    keystrokes first. llama.cpp may end the whole process on a broken model or without memory, so what must survive
    that keeps this class in a process of its own (`engine.host`).
    """

    def __init__(self, path: Path, options: LlamaOptions | None = None, *, upkeep_after: float = UPKEEP_AFTER) -> None:
        """Prepare an engine; nothing is loaded yet.

        Args:
            path: a GGUF file.
            options: how to load it; the default chooses everything by itself.
            upkeep_after: seconds without a request until the cache is looked after.
        """
        self._worker = Worker(path, options or LlamaOptions(), upkeep_after)

    def fill(self, request: FillRequest) -> AsyncIterator[Chunk]:
        """Stream the text between prefix and suffix."""
        return self._stream(lambda session, emit: session.fill(request, emit), request.priority)

    def chat(self, request: ChatRequest) -> AsyncIterator[Chunk]:
        """Stream the assistant's next turn."""
        return self._stream(lambda session, emit: session.chat(request, emit), request.priority)

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the request's prompt, so that a following `fill` starts at once."""
        async for chunk in self._stream(lambda session, emit: session.warm(request, emit), request.priority):
            if chunk.usage is not None:
                return chunk.usage
        raise AssertionError("a stream ends with its usage")

    async def info(self) -> EngineInfo:
        """Tell what runs; loads the model when it is not loaded."""
        if self._worker.info is None:
            await self._turn(_loaded, Priority.KEYSTROKE)
        info = self._worker.info
        if info is None:
            raise AssertionError("a session was loaded")
        return info

    @property
    def loading(self) -> float | None:
        """How much of the model's weights is read, 0 to 1, while it is loaded; None otherwise."""
        return self._worker.loading

    async def idle(self) -> None:
        """Wait until all requests before this call are done and the engine could take the next one."""
        await self._turn(None, Priority.BACKGROUND)

    async def aclose(self) -> None:
        """Stop what runs and free the model. Twice is fine; requests after it raise `EngineUnavailable`."""
        await asyncio.to_thread(self._worker.close)

    async def _turn(self, work: Work | None, priority: Priority) -> None:
        job = self._worker.submit(work, priority)
        try:
            item = await job.channel.get()
        finally:
            self._worker.cancel(job)
        if isinstance(item, EngineError):
            raise item

    async def _stream(self, work: Work, priority: Priority) -> AsyncIterator[Chunk]:
        job = self._worker.submit(work, priority)
        try:
            while True:
                item = await job.channel.get()
                if isinstance(item, EngineError):
                    raise item
                yield item
                if item.usage is not None:
                    return
        finally:
            self._worker.cancel(job)


def _loaded(_session: Session, emit: Callable[[Chunk], None]) -> Steps[None]:
    """Answer as soon as there is a session; compute nothing."""
    emit(Chunk())
    yield from ()
