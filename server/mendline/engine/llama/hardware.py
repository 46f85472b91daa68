"""What the machine has to offer this process: cores and memory, with the limits of containers."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

_CGROUP = Path("/sys/fs/cgroup")


def default_threads(cgroup: Path = _CGROUP) -> int:
    """Return how many threads compute fastest: one a physical core, no more than this process may use.

    Hyper-threads share the arithmetic units that a matrix product keeps busy, so they don't help.
    """
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(min(physical, allowed, _cpu_quota(cgroup) or physical), 1)


def available_memory(cgroup: Path = _CGROUP) -> int:
    """Return how many bytes this process can take before something has to be swapped out or killed."""
    free = int(psutil.virtual_memory().available)
    limit, used = _number(cgroup / "memory.max"), _number(cgroup / "memory.current")
    if limit is None or used is None:
        return free
    return min(free, max(limit - used, 0))


def _cpu_quota(cgroup: Path) -> int | None:
    """Return the cores a container may use, rounded up; None without a limit."""
    try:
        quota, period = (cgroup / "cpu.max").read_text(encoding="ascii").split()[:2]
        return max(-(-int(quota) // int(period)), 1)
    except (OSError, ValueError, ZeroDivisionError):
        return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
