"""What may be asked of a running process, and done to it, outside of requests."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import psutil

from mendline.engine.errors import EngineUnavailable
from mendline.engine.host.registry import HostRecord

SAME_SECONDS = 1.0
"""Two readings of one process's creation time differ by less; clocks are adjusted."""

TERMINATE_SECONDS = 3.0
KILL_SECONDS = 5.0


def is_alive(record: HostRecord) -> bool:
    """Whether the process that wrote `record` runs; another one that has got its number does not count."""
    return _process(record) is not None


async def ask_health(record: HostRecord, seconds: float) -> dict[str, Any]:
    """Return the process's answer to `/mendline/health`.

    Raises:
        TimeoutError: it does not answer within `seconds`.
        EngineUnavailable: nothing listens there, or not what wrote the record.
    """
    return await _ask(record, "GET", "/mendline/health", seconds)


async def ask_to_stop(record: HostRecord, seconds: float) -> None:
    """Tell the process to end; raises as `ask_health` does."""
    await _ask(record, "POST", "/mendline/stop", seconds)


async def wait_for_end(record: HostRecord, seconds: float) -> bool:
    """Wait until the process is gone; return whether it is."""
    deadline = asyncio.get_running_loop().time() + seconds
    while is_alive(record):
        if asyncio.get_running_loop().time() >= deadline:
            return False
        await asyncio.sleep(0.02)
    return True


async def kill(record: HostRecord) -> None:
    """End the process without asking, and wait until it is gone."""
    process = _process(record)
    if process is None:
        return
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
    except psutil.AccessDenied:
        raise EngineUnavailable(f"The engine process {record.pid} hangs and cannot be ended; end it by hand.") from None
    await wait_for_end(record, KILL_SECONDS)


def memory_bytes(record: HostRecord) -> int | None:
    """Return the process's resident memory, None when it cannot be told."""
    process = _process(record)
    try:
        return None if process is None else int(process.memory_info().rss)
    except psutil.Error:
        return None


def _process(record: HostRecord) -> psutil.Process | None:
    try:
        process = psutil.Process(record.pid)
        same = abs(process.create_time() - record.created) < SAME_SECONDS
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, ValueError, OverflowError):
        return None


async def _ask(record: HostRecord, method: str, path: str, seconds: float) -> dict[str, Any]:
    timeout = aiohttp.ClientTimeout(total=seconds)
    headers = {"Authorization": f"Bearer {record.token}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
            session.request(method, record.url + path, allow_redirects=False) as answer,
        ):
            body = await answer.json(content_type=None)
            if answer.status >= 300 or not isinstance(body, dict):
                raise EngineUnavailable(f"What answers at {record.url} is not the engine that was started there.")
            return body
    except TimeoutError:
        raise
    except (aiohttp.ClientError, ConnectionError, ValueError) as error:
        raise EngineUnavailable(f"No engine answers at {record.url} ({error}).") from None
