"""The engine process all editors share, as an `Engine`: found or started on first use, replaced when it dies.

What a request sees when the process ends under it: the process is started anew and the request sent once more. Text
that was passed on already is expected to come again (greedy decoding and fixed seeds repeat themselves) and is left
out; an answer that comes out different ends in `EngineDied`, since what has been passed on cannot be taken back.
A process that no longer answers questions about its health counts as dead and is killed first.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import attrs
from attrs import frozen

from mendline.engine.client import ConnectionLost, HttpEngine, Unreachable
from mendline.engine.errors import EngineError, EngineRefused, EngineUnavailable
from mendline.engine.host.contact import ask_health, is_alive, kill
from mendline.engine.host.launch import Launch, Limits, attach_or_start
from mendline.engine.host.registry import HostRecord, Registry
from mendline.engine.protocol import ChatRequest, Chunk, EngineInfo, FillRequest, Usage
from mendline.engine.replay import Replay
from mendline.engine.restarts import RestartLimit, StartedTooOften
from mendline.engine.status import EngineState, EngineStatus, StatusTeller
from mendline.engine.streams import closing

log = logging.getLogger("mendline.engine")

T = TypeVar("T")


@frozen
class _Attachment:
    record: HostRecord
    engine: HttpEngine


class SharedEngine(StatusTeller):
    """An `Engine` that lives in a process of its own.

    Args:
        launch: which process is wanted.
        registry_directory: where running processes are found; None for the usual place.
        limits: how long is waited for what.
        clock: monotonic time in seconds.
    """

    def __init__(
        self,
        launch: Launch,
        *,
        registry_directory: Path | None = None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(EngineStatus(EngineState.OFF, model=launch.model))
        self._launch = launch
        self._directory = registry_directory
        self._limits = limits or Limits()
        self._restarts = RestartLimit(launch, registry_directory, self._limits, clock)
        self._attachment: _Attachment | None = None
        self._attaching: asyncio.Task[_Attachment] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._active = 0

    async def fill(self, request: FillRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the text between prefix and suffix."""
        async with closing(self._stream(lambda engine: engine.fill(request))) as chunks:
            async for chunk in chunks:
                yield chunk

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the assistant's next turn."""
        async with closing(self._stream(lambda engine: engine.chat(request))) as chunks:
            async for chunk in chunks:
                yield chunk

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the request's prompt."""
        return await self._call(lambda engine: engine.warm(request))

    async def info(self) -> EngineInfo:
        """Tell what runs; starts the process and loads the model for it."""
        info = await self._call(lambda engine: engine.info())
        running = self._attachment.record.options if self._attachment is not None else {}
        if running and dict(running) != self._launch.shown:
            note = "It was started with other settings; run `mendline engine stop` to have yours used."
            info = attrs.evolve(info, notes=(*info.notes, note))
        return info

    async def aclose(self) -> None:
        """Let go of the process, which goes on for the other editors."""
        for task in (self._attaching, self._watching):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
        if self._attachment is not None:
            await self._attachment.engine.aclose()
            self._attachment = None
        self._show(EngineState.OFF)

    async def _call(self, ask: Callable[[HttpEngine], Awaitable[T]]) -> T:
        with self._counted():
            attachment = await self._attached()
            try:
                result = await ask(attachment.engine)
            except EngineError as error:
                if not _is_lost(error):
                    raise
                await self._lose(attachment, error)
                attachment = await self._attached()
                async with self._last_try(attachment):
                    result = await ask(attachment.engine)
            self._answered(attachment)
            return result

    async def _stream(self, ask: Callable[[HttpEngine], AsyncIterator[Chunk]]) -> AsyncGenerator[Chunk, None]:
        replay = Replay()
        with self._counted():
            attachment = await self._attached()
            try:
                async with closing(ask(attachment.engine)) as chunks:
                    async for chunk in chunks:
                        self._answered(attachment)
                        replay.note(chunk)
                        yield chunk
                return
            except EngineError as error:
                if not _is_lost(error):
                    raise
                await self._lose(attachment, error)
            attachment = await self._attached()
            async with self._last_try(attachment), closing(ask(attachment.engine)) as chunks:
                async for chunk in chunks:
                    self._answered(attachment)
                    rest = replay.rest(chunk)
                    if rest is not None:
                        yield rest

    async def _attached(self) -> _Attachment:
        if self._attachment is not None:
            self._watch()
            return self._attachment
        if self._attaching is None:
            self._attaching = asyncio.get_running_loop().create_task(self._attach(), name="attach to the engine")
            # Everyone who waited for it may have gone by the time it fails.
            self._attaching.add_done_callback(lambda task: task.cancelled() or task.exception())
        # A request that is cancelled must not end the start that others wait for.
        return await asyncio.shield(self._attaching)

    async def _attach(self) -> _Attachment:
        try:
            self._restarts.check()
            self._show(EngineState.STARTING)
            registry = Registry.open(self._directory)
            record = await attach_or_start(self._launch, registry, self._limits)
            attachment = _Attachment(record, HttpEngine(record.url, record.token, own=True))
        except EngineError as error:
            if not isinstance(error, StartedTooOften):
                self._restarts.note_end()
            self._show(EngineState.FAILED, str(error))
            raise
        finally:
            self._attaching = None
        self._attachment = attachment
        self._show(EngineState.LOADING)
        self._watch()
        return attachment

    @contextlib.asynccontextmanager
    async def _last_try(self, attachment: _Attachment) -> AsyncGenerator[None, None]:
        """Let go of a process that ends under a request which will not be sent again."""
        try:
            yield
        except EngineError as error:
            if _is_lost(error):
                await self._lose(attachment, error, last=True)
            raise

    async def _lose(self, attachment: _Attachment, error: EngineError, *, last: bool = False) -> None:
        """Let go of a process that has ended; of several requests that notice, the first does it."""
        if self._attachment is not attachment:
            return
        log.warning("the engine process %d is lost: %s", attachment.record.pid, error)
        self._attachment = None
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        self._restarts.note_end()
        if last:
            self._show(EngineState.FAILED, str(error))
        else:
            self._show(EngineState.STARTING)
        await attachment.engine.aclose()

    def _watch(self) -> None:
        if self._watching is None or self._watching.done():
            assert self._attachment is not None
            self._watching = asyncio.get_running_loop().create_task(
                self._watch_over(self._attachment), name="watch the engine"
            )

    async def _watch_over(self, attachment: _Attachment) -> None:
        """Follow the model's loading, and end a process that hangs while someone waits for it.

        Killing it closes its connections, by which the requests learn of it.
        """
        loop = asyncio.get_running_loop()
        answered = loop.time()
        while self._attachment is attachment:
            if self._status.state is not EngineState.LOADING:
                # Most requests end sooner than this, and then nothing has been asked.
                await asyncio.sleep(self._limits.poll_seconds)
                if not self._active:
                    return
            try:
                self._seen(await ask_health(attachment.record, self._limits.answer_seconds))
                answered = loop.time()
            except (TimeoutError, EngineUnavailable):
                if not is_alive(attachment.record):
                    # A request under way learns it from its connection and says how it goes on.
                    if not self._active:
                        self._show(EngineState.OFF)
                    return
                if loop.time() - answered >= self._limits.hung_seconds:
                    log.warning("the engine process %d hangs and is killed", attachment.record.pid)
                    with contextlib.suppress(EngineUnavailable):
                        await kill(attachment.record)
                    answered = loop.time()
            if self._status.state is EngineState.LOADING:
                await asyncio.sleep(self._limits.loading_seconds)

    def _seen(self, health: dict[str, Any]) -> None:
        """Take over the state the process tells."""
        state = health.get("state")
        if state == EngineState.FAILED.value:
            error = health.get("error")
            self._show(EngineState.FAILED, str(error.get("message", "")) if isinstance(error, dict) else "")
        elif state in {EngineState.READY.value, EngineState.BUSY.value}:
            # Busy means busy for us, not for another editor.
            self._show(EngineState.BUSY if self._active else EngineState.READY)
        else:
            progress = health.get("progress")
            self._show(EngineState.LOADING, progress=progress if isinstance(progress, float) else None)

    def _answered(self, attachment: _Attachment) -> None:
        """Take an answer for a sign that the process works, sooner than its health is asked for again."""
        down = {EngineState.STARTING, EngineState.LOADING, EngineState.FAILED}
        if self._attachment is attachment and self._status.state in down:
            self._show(EngineState.BUSY)

    @contextlib.contextmanager
    def _counted(self) -> Any:
        self._active += 1
        if self._status.state is EngineState.READY:
            self._show(EngineState.BUSY)
        try:
            yield
        finally:
            self._active -= 1
            if not self._active and self._status.state is EngineState.BUSY:
                self._show(EngineState.READY)

    def _show(self, state: EngineState, message: str = "", progress: float | None = None) -> None:
        status = EngineStatus(state, message, self._launch.model, progress)
        if status != self._status:
            self._tell(status)


def _is_lost(error: EngineError) -> bool:
    """Whether the process is gone, as against an answer of it that says no."""
    if isinstance(error, EngineRefused):
        # Another process has got the port: ours is gone.
        return error.status == 401
    return isinstance(error, ConnectionLost | Unreachable)
