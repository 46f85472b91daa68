"""Finding the process that serves a model, or starting it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import IO

import filelock
from attrs import field, frozen

from mendline.engine.errors import EngineUnavailable
from mendline.engine.host.contact import ask_health, is_alive, kill
from mendline.engine.host.options import flag, option_values
from mendline.engine.host.registry import DIRECTORY_VARIABLE, HostRecord, Registry, key_for
from mendline.settings.model import EngineSettings

log = logging.getLogger("mendline.engine")

POLL_SECONDS = 0.05


@frozen
class Launch:
    """Which process is wanted, and how it is started when there is none.

    Attributes:
        model: the model's name.
        model_path: its file; of a fake engine, the script.
        fake: whether the process runs a fake engine.
        shown: the options that a process cannot change once it runs, by their names in the settings.
        port: 0 lets the kernel choose.
    """

    model: str
    model_path: Path
    fake: bool = False
    shown: Mapping[str, int | str] = field(factory=lambda: option_values(EngineSettings()))
    idle_minutes: float = 10.0
    port: int = 0

    @classmethod
    def from_settings(
        cls, model: str, model_path: Path, settings: EngineSettings, *, fake: bool = False, port: int = 0
    ) -> Launch:
        """Take the options from the settings."""
        return cls(
            model=model,
            model_path=model_path,
            fake=fake,
            port=port,
            shown=option_values(settings),
            idle_minutes=settings.idle_minutes,
        )

    @property
    def key(self) -> str:
        """The key of the process's record."""
        return key_for(self.model_path)

    def arguments(self) -> list[str]:
        """Return the command's arguments; no secret is among them."""
        source = ["--fake"] if self.fake else ["--name", self.model, "--model"]
        options = {
            **{flag(name): value for name, value in self.shown.items()},
            "--idle-minutes": self.idle_minutes,
            "--port": self.port,
        }
        pairs = [text for name, value in options.items() for text in (name, str(value))]
        return ["engine", "run", *source, str(self.model_path.resolve()), *pairs]


@frozen
class Limits:
    """How long is waited for a process.

    Attributes:
        start_seconds: from its start until it listens (loading the model comes after that).
        answer_seconds: for one answer about its health.
        hung_seconds: without any such answer, after which a process counts as hung, is killed and replaced.
        poll_seconds: between two questions while a request runs.
        loading_seconds: between two questions while a model loads.
        failures, window_seconds: so many ends within this time are one too many; then starting is given up until
            the first of them is longer ago.
    """

    start_seconds: float = 30.0
    answer_seconds: float = 3.0
    hung_seconds: float = 10.0
    poll_seconds: float = 0.5
    loading_seconds: float = 0.2
    failures: int = 3
    window_seconds: float = 60.0


async def attach_or_start(
    launch: Launch, registry: Registry, limits: Limits, *, on_start: Callable[[], None] = lambda: None
) -> HostRecord:
    """Return the record of a process that answers, started by us or by anyone.

    Args:
        launch: which process is wanted.
        registry: where its record is.
        limits: how long is waited.
        on_start: called before a process is started.

    Raises:
        EngineUnavailable: it cannot be started; the message has what it said last.
    """
    try:
        return await _attach_or_start(launch, registry, limits, on_start)
    except (OSError, NotImplementedError) as error:
        # NotImplementedError: file systems without locks.
        raise EngineUnavailable(
            f"The folder {registry.directory} cannot be used to start the engine ({_reason(error)}); "
            f"make room or give access there, or set {DIRECTORY_VARIABLE} to another folder."
        ) from error


async def _attach_or_start(
    launch: Launch, registry: Registry, limits: Limits, on_start: Callable[[], None]
) -> HostRecord:
    found = await find(launch.key, registry, limits)
    if found is not None:
        return found
    async with _held(registry.start_lock(launch.key), limits):
        # Whoever held the lock before us has probably started it.
        found = await find(launch.key, registry, limits)
        if found is not None:
            return found
        on_start()
        return await _start(launch, registry, limits)


async def find(key: str, registry: Registry, limits: Limits) -> HostRecord | None:
    """Return the record under `key` if its process answers; clear away what stands in the way of a new one.

    A record whose process is gone is removed. A process that is alive and silent is killed.
    """
    record = registry.read(key)
    if record is None:
        return None
    deadline = asyncio.get_running_loop().time() + limits.hung_seconds
    while is_alive(record):
        try:
            await ask_health(record, limits.answer_seconds)
        except TimeoutError:
            if asyncio.get_running_loop().time() >= deadline:
                log.warning("engine process %d does not answer and is killed", record.pid)
                await kill(record)
        except EngineUnavailable:
            # It is alive and does not listen, or someone else does at its port: it is about to end.
            break
        else:
            return record
    registry.remove(key, record)
    return None


def last_words(registry: Registry, key: str) -> str:
    """Return the last line of the process's log that says something, in at most 300 characters."""
    try:
        lines = registry.log_path(key).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    spoken = [line.strip() for line in lines[-50:] if line.strip()]
    return spoken[-1].removeprefix("mendline: ")[:300] if spoken else ""


async def _start(launch: Launch, registry: Registry, limits: Limits) -> HostRecord:
    process = spawn(launch, registry)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limits.start_seconds
    # When this is cancelled the process goes on by itself and serves whoever asks next.
    while process.poll() is None and loop.time() < deadline:
        record = registry.read(launch.key)
        if record is not None:
            with contextlib.suppress(TimeoutError, EngineUnavailable):
                await ask_health(record, limits.answer_seconds)
                return record
        await asyncio.sleep(POLL_SECONDS)
    log_path = registry.log_path(launch.key)
    if process.poll() is None:
        process.kill()
        raise EngineUnavailable(
            f"The engine process did not begin to answer within {limits.start_seconds:g} s; its log is {log_path}."
        )
    said = last_words(registry, launch.key)
    raise EngineUnavailable(
        f"The engine process could not start ({ending(process.returncode)}){': ' + said if said else ''} "
        f"(log: {log_path})"
    )


def spawn(launch: Launch, registry: Registry) -> subprocess.Popen[bytes]:
    """Start the process detached from this one: own session, no inherited files, output to its log."""
    with _log_file(registry.log_path(launch.key)) as log_file:
        try:
            process = subprocess.Popen(
                # -P: nothing is imported from the working directory.
                [sys.executable, "-P", "-m", "mendline", *launch.arguments()],
                cwd=registry.directory,
                env=_environment(registry),
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                close_fds=True,
                start_new_session=True,
            )
        except OSError as error:
            raise EngineUnavailable(
                f"The engine process cannot be started with {sys.executable} ({_reason(error)}); "
                "free some memory, or install Mendline anew if that Python is gone."
            ) from error
    # Someone has to wait for the process, or it stays as a zombie after its end.
    threading.Thread(target=process.wait, name=f"wait for engine {process.pid}", daemon=True).start()
    return process


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(reason.split())


def ending(code: int) -> str:
    """Say how a process ended."""
    if code >= 0:
        return f"status {code}"
    with contextlib.suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"signal {-code}"


def _environment(registry: Registry) -> dict[str, str]:
    environment = dict(os.environ) | {"MENDLINE_STATE_DIR": str(registry.directory)}
    paths = [os.path.abspath(path) for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    if paths:
        # The process has another working directory, where relative entries would lead elsewhere.
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment


def _log_file(path: Path) -> IO[bytes]:
    """Open a new log; the one of the run before stays beside it."""
    with contextlib.suppress(FileNotFoundError):
        path.replace(path.with_suffix(".log.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


@contextlib.asynccontextmanager
async def _held(lock: filelock.FileLock, limits: Limits) -> AsyncIterator[None]:
    """Hold `lock` without blocking the event loop while waiting for it."""
    loop = asyncio.get_running_loop()
    # Whoever holds it may first wait for a hung process to be replaced.
    deadline = loop.time() + limits.start_seconds + limits.hung_seconds
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except filelock.Timeout:
            if loop.time() >= deadline:
                raise EngineUnavailable(
                    "Another process has been starting the engine for too long; run `mendline engine stop` and retry."
                ) from None
            await asyncio.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        lock.release()
