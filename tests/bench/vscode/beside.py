"""What else a machine does while something is measured on it."""

from __future__ import annotations

import contextlib
import time
from pathlib import PurePath
from typing import TypedDict

import psutil

_LOOK_SECONDS = 2.0
_LEAST_CORES = 0.05
_WORDS = 4


class Program(TypedDict):
    """A program and the processor cores it takes."""

    name: str
    cores: float


def programs() -> list[Program]:
    """Return the other programs that work, the busiest first; those of one name are one."""
    before = _seconds()
    time.sleep(_LOOK_SECONDS)
    taken: dict[str, float] = {}
    for process, seconds in _seconds().items():
        spent = seconds - before.get(process, 0.0)
        with contextlib.suppress(psutil.Error):
            name = _name(process)
            taken[name] = taken.get(name, 0.0) + spent / _LOOK_SECONDS
    busy = sorted(taken.items(), key=lambda each: -each[1])
    return [{"name": name, "cores": round(cores, 2)} for name, cores in busy if cores >= _LEAST_CORES]


def _seconds() -> dict[psutil.Process, float]:
    own = psutil.Process()
    found = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process != own:
                times = process.cpu_times()
                found[process] = times.user + times.system
    return found


def _name(process: psutil.Process) -> str:
    """The program and the first words said to it: no option, no path, nothing that tells of this machine."""
    program, *words = process.cmdline() or [process.name()]
    plain = [each for each in words if each.replace("-", "").replace("_", "").isalnum() and not each.startswith("-")]
    return " ".join([PurePath(program).name, *plain[: _WORDS - 1]])
