"""The one thread that owns a model, and the requests it works on."""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from attrs import define, field

from mendline.engine.errors import EngineError, EngineOverloaded, EngineUnavailable
from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.options import LlamaOptions
from mendline.engine.llama.scheduler import SHORT, UPKEEP, Task
from mendline.engine.llama.session import Session
from mendline.engine.llama.steps import Steps
from mendline.engine.protocol import Chunk, EngineInfo, Priority

_log = logging.getLogger("mendline.engine.llama")

MOST_WAITING = 256
UPKEEP_AFTER = 1.0
"""Seconds without a request until the cache is looked after: long enough that it doesn't start between keystrokes."""

Work = Callable[[Session, Callable[[Chunk], None]], Steps[None]]


@define(eq=False)
class Job:
    """A request on its way through the worker, and the channel its chunks come back on.

    A job without work ends when everything before it has.
    """

    work: Work | None
    priority: Priority
    number: int
    loop: asyncio.AbstractEventLoop
    channel: asyncio.Queue[Chunk | EngineError] = field(factory=asyncio.Queue)
    cancelled: bool = False
    task: Task | None = None

    def send(self, item: Chunk | EngineError) -> None:
        """Hand something to the consumer, from the worker's thread."""
        if self.cancelled:
            return
        try:
            self.loop.call_soon_threadsafe(self.channel.put_nowait, item)
        except RuntimeError:  # its event loop is closed: nobody listens any more
            self.cancelled = True

    def end(self, item: Chunk | EngineError) -> None:
        """Hand over the last thing and be done."""
        self.send(item)
        self.cancelled = True

    def fail(self, error: Exception) -> None:
        """Report a failure and be done."""
        if not isinstance(error, EngineError):
            _log.error("a request failed in the engine", exc_info=error)
            error = EngineError(f"The engine failed ({type(error).__name__}); the log has the details")
        self.end(error)


class Worker:
    """Runs jobs in its thread, the most urgent first at every decode call.

    The model is loaded at the first job that needs it, and again at the next one if that failed. A job that fails
    reports to its own consumer; the thread goes on. After `upkeep_after` seconds without a job the cache is looked
    after, until the next one comes.

    Attributes:
        loading: how much of the weights is read, 0 to 1, while a model is loaded; None otherwise.
    """

    def __init__(self, path: Path, options: LlamaOptions, upkeep_after: float = UPKEEP_AFTER) -> None:
        self._path = path
        self._options = options
        self._upkeep_after = upkeep_after
        self._abort = AbortFlag()
        self._changed = threading.Condition()
        self._jobs: list[Job] = []
        self._numbers = itertools.count()
        self._computing: list[Task] = []
        self._closing = False
        self._unkempt = False
        self._thread: threading.Thread | None = None
        self._session: Session | None = None
        self.loading: float | None = None

    @property
    def info(self) -> EngineInfo | None:
        """What is loaded; None before."""
        session = self._session
        return None if session is None else session.info

    def submit(self, work: Work | None, priority: Priority) -> Job:
        """Take a job; None as its work only waits for its turn. To be called in the loop that consumes the job.

        Raises:
            EngineOverloaded: too many jobs wait.
            EngineUnavailable: the worker is closed.
        """
        job = Job(work, priority, next(self._numbers), asyncio.get_running_loop())
        with self._changed:
            if self._closing:
                raise _closed()
            if len(self._jobs) >= MOST_WAITING:
                raise EngineOverloaded(f"{MOST_WAITING} requests wait for the engine already; try again later")
            self._jobs.append(job)
            if self._computing and priority < self._computing[0].urgency[0] and self._long():
                self._abort.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mendline-llama", daemon=True)
                self._thread.start()
            self._changed.notify()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a job wherever it is; nothing more comes from it. Any thread may call this, at any time."""
        with self._changed:
            job.cancelled = True
            if self._computing and job.task is self._computing[0]:
                self._abort.set()
            self._changed.notify()

    def close(self) -> None:
        """Stop the running jobs, refuse the others, free the model, and wait for that. Blocks; twice is fine."""
        with self._changed:
            self._closing = True
            self._abort.set()
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _long(self) -> bool:
        return sum(task.tokens for task in self._computing) > SHORT

    def _run(self) -> None:
        try:
            while (jobs := self._wait()) is not None:
                try:
                    self._turn(jobs)
                except Exception as error:
                    # A defect outside any request. The model is given up, the next request loads it again.
                    _log.exception("the engine failed")
                    for job in jobs:
                        job.fail(error)
                    with self._changed:
                        self._drop_ended()  # tasks give their strands back while there is a context to drop cells of
                    self._end_session(keep=False)
        finally:
            self._abort.clear()  # what is kept on disk may need a last computation
            self._end_session(keep=True)

    def _end_session(self, *, keep: bool) -> None:
        session, self._session = self._session, None
        self._unkempt = False
        if session is not None:
            session.close(keep=keep)

    def _wait(self) -> list[Job] | None:
        """Wait for jobs and return them, none when it is time for upkeep; None when the worker closes."""
        with self._changed:
            # In the last round something may have been ended or cancelled; cells are given back before anything new.
            self._drop_ended()
            self._changed.wait_for(
                lambda: self._closing or bool(self._jobs), self._upkeep_after if self._unkempt else None
            )
            if self._closing:
                for job in self._jobs:
                    job.end(_closed())
                self._drop_ended()
                return None
            return list(self._jobs)

    def _drop_ended(self) -> None:
        for job in self._jobs:
            if job.cancelled and job.task is not None and not job.task.done:
                job.task.close()
        self._jobs = [job for job in self._jobs if not (job.cancelled or (job.task is not None and job.task.done))]

    def _turn(self, jobs: list[Job]) -> None:
        """Serve what comes next: one decode call at most."""
        working = [job for job in jobs if job.work is not None]
        for job in jobs:
            if job.work is None and not any(other.number < job.number for other in working):
                job.end(Chunk())
        session = self._session or (self._load(working[0]) if working else None)
        if session is None:
            return
        if working:
            self._unkempt = True
            self._compute(session, [self._task(job, session) for job in working])
        elif not jobs:
            steps = session.upkeep()
            if steps is None:
                self._unkempt = False
            else:
                self._look_after(session, steps)

    def _load(self, job: Job) -> Session | None:
        try:
            self._session = Session(self._path, self._options, self._abort, self._note_loading)
        except Exception as error:
            job.fail(error)
        finally:
            self.loading = None
        return self._session

    def _note_loading(self, share: float) -> None:
        self.loading = share

    @staticmethod
    def _task(job: Job, session: Session) -> Task:
        if job.task is None and job.work is not None:
            # Keystrokes follow each other in one document: the next one waits until the one before it has been
            # cancelled or is done, and finds its cells. On a GPU several users may share the engine.
            joins = job.priority is not Priority.KEYSTROKE or session.info.gpu_layers > 0
            job.task = Task(_steps(job.work, session, job), (job.priority, job.number), joins, job.fail)
        if job.task is None:
            raise AssertionError("only jobs with work have a task")
        return job.task

    def _compute(self, session: Session, tasks: list[Task]) -> None:
        chosen = session.scheduler.prepare(tasks)
        if not chosen:
            return
        with self._changed:
            self._drop_ended()
            newest = min((job.priority for job in self._jobs if job.work is not None), default=Priority.BACKGROUND)
            if self._closing or any(task.done for task in chosen) or newest < chosen[0].urgency[0]:
                return
            self._computing = chosen
            self._abort.clear()
        try:
            session.scheduler.compute(chosen, [task for task in tasks if task not in chosen and not task.done])
        finally:
            with self._changed:
                self._computing = []

    def _look_after(self, session: Session, steps: Steps[None]) -> None:
        """Keep the cache in order until somebody asks for something."""
        task = Task(steps, (UPKEEP, 0), joins=False, fail=_log_failure)
        while not task.done:
            chosen = session.scheduler.prepare([task])
            with self._changed:
                if self._closing or self._jobs or not chosen:
                    break
                self._computing = chosen
                self._abort.clear()
            session.scheduler.compute(chosen, [])
            with self._changed:
                self._computing = []
        task.close()


def _steps(work: Work, session: Session, job: Job) -> Steps[None]:
    """Begin the work in its task, where its failures belong to the job."""
    yield from work(session, job.send)


def _log_failure(error: Exception) -> None:
    _log.warning("the cache could not be looked after: %s", error)


def _closed() -> EngineUnavailable:
    return EngineUnavailable("The engine was closed")
