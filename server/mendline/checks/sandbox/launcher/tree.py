"""All processes below one, as `/proc` has them: how many, what they hold, and their end."""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    import _signal as signal  # without `enum`, which costs as much as everything else here

_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.001


class Tree:
    """The descendants of this process, which is no part of it.

    This process must be their subreaper, so that none can leave by losing its parent.

    Args:
        first: the first of them, which leads a group of its own.
    """

    def __init__(self, first: int) -> None:
        self._first = first

    def processes(self) -> list[int]:
        """Return their ids, parents before children. What starts or ends meanwhile may be missing."""
        found: list[int] = []
        waiting = [os.getpid()]
        while waiting:
            children = _children(waiting.pop())
            found += children
            waiting += children
        return found

    def tasks(self) -> int:
        """Return how many processes and threads there are."""
        return sum(len(_listed(f"/proc/{each}/task")) for each in self.processes())

    def memory_bytes(self) -> int:
        """Return what they hold in memory without what is backed by files; what they may share counts once."""
        held = [_held_bytes(each) for each in self.processes()]
        return sum(own for own, _ in held) + max((shared for _, shared in held), default=0)

    def wait(self) -> bool:
        """Wait a while until they are gone; return whether they are."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while remain := _reap():
            if time.monotonic() > deadline:
                break
            time.sleep(_PAUSE_SECONDS)
        return not remain

    def end(self) -> None:
        """Kill them all one by one, and wait until they are gone; gives up after a while on what can't be killed."""
        _signal(-self._first, signal.SIGKILL)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while _reap() and time.monotonic() < deadline:
            # Stopped first: where new ones can still be made, they are made faster than they are found.
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for each in self.processes():
                    _signal(each, number)
            time.sleep(_PAUSE_SECONDS)


def _signal(target: int, number: int) -> None:
    try:
        os.kill(target, number)
    except (ProcessLookupError, PermissionError):
        return  # it was quicker


def _reap() -> bool:
    """Take in what has ended; return whether there are others."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _children(pid: int) -> list[int]:
    lists = [_text(f"/proc/{pid}/task/{thread}/children") for thread in _listed(f"/proc/{pid}/task")]
    return [int(each) for listed in lists for each in listed.split()]


def _held_bytes(pid: int) -> tuple[int, int]:
    """Return a process's own memory, and what it has of memory that others can have too."""
    held = {"RssAnon:": 0, "RssShmem:": 0}
    for line in _text(f"/proc/{pid}/status").splitlines():
        name, *rest = line.split()
        if name in held:
            held[name] = int(rest[0]) * 1024
    return held["RssAnon:"], held["RssShmem:"]


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
