"""The engine of the process, loaded in the background so that questions about it are answered meanwhile."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from mendline.engine.errors import EngineError, EngineUnavailable
from mendline.engine.protocol import Engine, Loads
from mendline.engine.status import EngineState
from mendline.engine.threads import in_daemon_thread

log = logging.getLogger("mendline.engine")

RETRY_SECONDS = 5.0


class LazyEngine:
    """An engine that is made when it is first asked for.

    A failure is answered from memory for `retry_seconds`, then loading is tried again: memory may have become free,
    a file may have been replaced.

    Args:
        factory: makes the engine; runs in a thread of its own and may take long.
        clock: monotonic time in seconds.
    """

    def __init__(
        self,
        factory: Callable[[], Engine],
        *,
        clock: Callable[[], float] = time.monotonic,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._factory = factory
        self._clock = clock
        self._retry_seconds = retry_seconds
        self._task: asyncio.Task[Engine] | None = None
        self._failed_at = 0.0
        self._made: Engine | None = None
        self.error: EngineError | None = None

    @property
    def progress(self) -> float | None:
        """How much is loaded, 0 to 1; None where that can't be told, or nothing is being loaded."""
        made: object = self._made
        return made.loading if isinstance(made, Loads) else None

    @property
    def state(self) -> EngineState:
        """OFF before the first use, then LOADING, READY or FAILED."""
        if self._task is None:
            return EngineState.OFF
        if not self._task.done():
            return EngineState.LOADING
        return EngineState.READY if self.error is None else EngineState.FAILED

    def start(self) -> None:
        """Begin loading, unless it is loaded, loading, or has failed a moment ago."""
        failed = self.state is EngineState.FAILED
        if self._task is None or (failed and self._clock() - self._failed_at >= self._retry_seconds):
            self.error = None
            self._task = asyncio.get_running_loop().create_task(self._load(), name="load the model")

    async def get(self) -> Engine:
        """Return the engine, waiting until it is loaded.

        Raises:
            EngineError: it could not be loaded.
        """
        self.start()
        if self.error is not None:
            raise self.error.with_traceback(None)
        assert self._task is not None
        # One request that goes away must not end the load that others wait for.
        return await asyncio.shield(self._task)

    async def aclose(self) -> None:
        """Release the engine, or give up loading it."""
        if self._task is None:
            return
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
        elif self.error is None:
            await self._task.result().aclose()

    async def _load(self) -> Engine:
        try:
            engine = self._made = await in_daemon_thread(self._factory, "load the model")
            try:
                await engine.info()
            except BaseException:
                await engine.aclose()
                raise
        except EngineError as error:
            self._fail(error)
            raise
        except Exception as error:
            log.exception("the engine cannot be loaded")
            self._fail(EngineUnavailable(f"The engine could not be loaded: {str(error) or type(error).__name__}"))
            assert self.error is not None
            raise self.error from error
        return engine

    def _fail(self, error: EngineError) -> None:
        log.error("the engine cannot be loaded: %s", error)
        self.error = error
        self._failed_at = self._clock()
        assert self._task is not None
        # Someone may be waiting or not; either way the failure is known from here on.
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
