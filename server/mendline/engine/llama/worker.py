"""The one thread that owns a model, and the queue before it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from attrs import define, field

from mendline.engine.errors import EngineError, EngineOverloaded, EngineUnavailable
from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.cache import Interrupted
from mendline.engine.llama.options import LlamaOptions
from mendline.engine.llama.session import Session
from mendline.engine.protocol import Chunk, EngineInfo, Priority

_log = logging.getLogger("mendline.engine.llama")

MOST_WAITING = 256

Work = Callable[[Session, Callable[[], bool], Callable[[Chunk], None]], None]


@define(eq=False)
class Job:
    """A request on its way through the queue, and the channel its chunks come back on."""

    work: Work | None
    priority: Priority
    loop: asyncio.AbstractEventLoop
    channel: asyncio.Queue[Chunk | EngineError] = field(factory=asyncio.Queue)
    cancelled: bool = False

    def send(self, item: Chunk | EngineError) -> None:
        """Hand something to the consumer, from the worker's thread."""
        if self.cancelled:
            return
        try:
            self.loop.call_soon_threadsafe(self.channel.put_nowait, item)
        except RuntimeError:  # its event loop is closed: nobody listens any more
            self.cancelled = True


class Worker:
    """Runs jobs in its thread, the most urgent first, first come first served among equals.

    The model is loaded at the first job that needs it, and again at the next one if that failed. A job that fails
    reports to its own consumer; the thread goes on.
    """

    def __init__(self, path: Path, options: LlamaOptions) -> None:
        self._path = path
        self._options = options
        self._abort = AbortFlag()
        self._changed = threading.Condition()
        self._waiting: list[tuple[Priority, int, Job]] = []
        self._numbers = itertools.count()
        self._current: Job | None = None
        self._closing = False
        self._thread: threading.Thread | None = None
        self._session: Session | None = None

    @property
    def info(self) -> EngineInfo | None:
        """What is loaded; None before."""
        session = self._session
        return None if session is None else session.info

    def submit(self, work: Work | None, priority: Priority) -> Job:
        """Queue work; None only waits for its turn. To be called in the event loop that consumes the job.

        Raises:
            EngineOverloaded: too many jobs wait.
            EngineUnavailable: the worker is closed.
        """
        job = Job(work, priority, asyncio.get_running_loop())
        with self._changed:
            if self._closing:
                raise _closed()
            if len(self._waiting) >= MOST_WAITING:
                raise EngineOverloaded(f"{MOST_WAITING} requests wait for the engine already; try again later")
            heapq.heappush(self._waiting, (priority, next(self._numbers), job))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mendline-llama", daemon=True)
                self._thread.start()
            self._changed.notify()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a job wherever it is; nothing more comes from it. Any thread may call this, at any time."""
        with self._changed:
            job.cancelled = True
            if job is self._current:
                self._abort.set()

    def close(self) -> None:
        """Stop the running job, refuse the others, free the model, and wait for that. Blocks; twice is fine."""
        with self._changed:
            self._closing = True
            self._abort.set()
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        try:
            while (job := self._next()) is not None:
                self._serve(job)
                with self._changed:
                    self._current = None
        finally:
            if self._session is not None:
                self._session.close()
                self._session = None

    def _next(self) -> Job | None:
        """Wait for a job; None when the worker closes."""
        with self._changed:
            while True:
                if self._closing:
                    for _, _, job in self._waiting:
                        job.send(_closed())
                    self._waiting.clear()
                    return None
                while self._waiting:
                    _, _, job = heapq.heappop(self._waiting)
                    if not job.cancelled:
                        self._current = job
                        self._abort.clear()
                        return job
                self._changed.wait()

    def _serve(self, job: Job) -> None:
        try:
            if job.work is None:
                job.send(Chunk())
                return
            if self._session is None:
                self._session = Session(self._path, self._options, self._abort)
            job.work(self._session, lambda: job.cancelled or self._closing, job.send)
        except Interrupted:
            job.send(_closed())  # unheard where the consumer cancelled
        except EngineError as error:
            job.send(error)
        except Exception as error:
            _log.exception("a request failed in the engine")
            job.send(EngineError(f"The engine failed ({type(error).__name__}); the log has the details"))


def _closed() -> EngineUnavailable:
    return EngineUnavailable("The engine was closed")
