"""The process's life: bind, register, serve; end when idle, when asked to, or on a signal."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import filelock
import psutil
from aiohttp import web
from attrs import field, frozen

from mendline import __version__
from mendline.engine.errors import EngineUnavailable
from mendline.engine.host.activity import Activity
from mendline.engine.host.contact import ask_health, is_alive
from mendline.engine.host.loading import LazyEngine
from mendline.engine.host.registry import HostRecord, Registry, key_for
from mendline.engine.host.server import ENGINE, build_app
from mendline.engine.protocol import Engine
from mendline.engine.status import EngineState

log = logging.getLogger("mendline.engine")

ALIVE_LOCK_SECONDS = 12.0
"""How long a predecessor that is ending may take to let go of its lock; more than `EXIT_SECONDS`."""

ANSWER_SECONDS = 3.0
SERVED_ALREADY = "Another engine process serves {} already; see `mendline engine status`."

GRACE_SECONDS = 2.0
"""What requests under way get to come to an end when the process is told to stop."""

LOADING_SECONDS = 0.5
"""How often a load is looked at; it has no event to wait for."""

EXIT_SECONDS = 8.0
"""After this the process ends the hard way: a decode call that never returns must not keep it."""


@frozen
class HostOptions:
    """What a process is started with.

    Attributes:
        model: the model's name.
        model_path: its file; of a fake engine, the script.
        port: 0 lets the kernel choose.
        idle_minutes: minutes without a request after which the process ends.
        shown: options to put in the record.
    """

    model: str
    model_path: Path
    port: int = 0
    idle_minutes: float = 10.0
    shown: Mapping[str, Any] = field(factory=dict)


async def run_host(factory: Callable[[], Engine], options: HostOptions, registry: Registry) -> None:
    """Serve the engine that `factory` makes until it is time to end.

    Raises:
        EngineUnavailable: another process serves this model, or the port is taken.
    """
    key = key_for(options.model_path)
    stopping = asyncio.Event()
    activity = Activity()
    token = secrets.token_urlsafe(32)
    await _refuse_if_served(key, registry)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(_only_one(registry.alive_lock(key), options.model))
        listening = stack.enter_context(bound(options.port))
        app = build_app(factory, token=token, model=options.model, stop=stopping.set, activity=activity)
        await stack.enter_async_context(served(app, listening))
        record = _record(options, listening.getsockname()[1], token)
        registry.write(key, record)
        stack.callback(registry.remove, key, record)
        _stop_on_signals(stopping)
        app[ENGINE].start()
        log.info("engine for %s listens (pid %d)", options.model, record.pid)
        reason = await _until_the_end(stopping, activity, options.idle_minutes * 60, app[ENGINE])
        log.info("engine for %s ends: %s", options.model, reason)
        # A daemon: it only matters when something below or in the interpreter's shutdown hangs.
        watchdog = threading.Timer(EXIT_SECONDS, os._exit, (1,))
        watchdog.daemon = True
        watchdog.start()


async def _refuse_if_served(key: str, registry: Registry) -> None:
    """Say at once what the lock would only tell after `ALIVE_LOCK_SECONDS`."""
    record = registry.read(key)
    if record is None or not is_alive(record):
        return
    try:
        await ask_health(record, ANSWER_SECONDS)
    except (TimeoutError, EngineUnavailable):
        return
    raise EngineUnavailable(SERVED_ALREADY.format(record.model))


@contextlib.contextmanager
def _only_one(lock: filelock.FileLock, model: str) -> Iterator[None]:
    try:
        lock.acquire(timeout=ALIVE_LOCK_SECONDS)
    except filelock.Timeout:
        raise EngineUnavailable(SERVED_ALREADY.format(model)) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def bound(port: int) -> Iterator[socket.socket]:
    """Listen on `port` of 127.0.0.1, on a free one for 0.

    Raises:
        EngineUnavailable: the port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        raise EngineUnavailable(
            f"Port {port} on 127.0.0.1 cannot be used ({error.strerror}); choose another with --port, "
            "or leave it out to get a free one."
        ) from None
    with listening:
        yield listening


@contextlib.asynccontextmanager
async def served(app: web.Application, listening: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on `listening` while the block lasts."""
    runner = web.AppRunner(
        app,
        handler_cancellation=True,
        handle_signals=False,
        access_log=None,
        shutdown_timeout=GRACE_SECONDS,
    )
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield
    finally:
        await runner.cleanup()


def _record(options: HostOptions, port: int, token: str) -> HostRecord:
    process = psutil.Process()
    return HostRecord(
        pid=process.pid,
        port=port,
        token=token,
        model=options.model,
        model_path=str(options.model_path.resolve()),
        version=__version__,
        started=time.time(),
        created=process.create_time(),
        options=dict(options.shown),
    )


def _stop_on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not to be had on Windows, nor outside the main thread, where tests run a host.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stopping.set)


async def _until_the_end(stopping: asyncio.Event, activity: Activity, idle_seconds: float, engine: LazyEngine) -> str:
    """Wait until the process is told to stop or has been idle for long enough; return which."""
    while not stopping.is_set():
        loading = engine.state is EngineState.LOADING
        if loading:
            # Someone wants the model, though no request may be waiting for it.
            activity.touch()
        left = idle_seconds - activity.idle_seconds
        if left <= 0:
            return "idle"
        with contextlib.suppress(TimeoutError):
            # While a request runs idle_seconds is 0, so the whole time is waited again after it.
            await asyncio.wait_for(stopping.wait(), timeout=min(left, LOADING_SECONDS) if loading else left)
    return "told to stop"
