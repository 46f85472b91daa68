"""The editor's process: when it is gone, the server has to go too (LSP 3.17, `initialize`, `processId`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import psutil

EVERY_SECONDS = 1.0


async def watch_parent(pid: int, sleep: Callable[[float], Awaitable[None]], gone: Callable[[], None]) -> None:
    """Call `gone` once the process ends. One that cannot be seen, as from within a container, is not watched."""
    try:
        parent = psutil.Process(pid)
    except psutil.Error:
        return
    while _lives(parent):
        await sleep(EVERY_SECONDS)
    gone()


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
