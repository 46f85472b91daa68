"""Watches the tool's processes, keeps them within the bounds they share, and ends whatever they leave behind."""

from __future__ import annotations

import os
import select
import time

from mendline.checks.sandbox.launcher.order import (
    LANDLOCK,
    SIGNALLED,
    TOO_LONG,
    TOO_MANY,
    TOO_MUCH_DISK,
    TOO_MUCH_MEMORY,
    Order,
)
from mendline.checks.sandbox.launcher.space import Space, is_memory_short, remove, taken_bytes
from mendline.checks.sandbox.launcher.tree import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    import _signal as signal  # without `enum`, which costs as much as everything else here

_TICK_SECONDS = 0.03
_WAKING = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Supervisor:
    """The parent of the tool.

    Args:
        order: what was started, and its bounds.
        tool: its process.
        front: the process that is to end with all of it, and the other way round.
        wakes: what becomes readable when a signal has come.
    """

    def __init__(self, order: Order, tool: int, front: int, wakes: int) -> None:
        self._order = order
        self._tool = tool
        self._front = front
        self._wakes = wakes
        self._tree = Tree(tool)
        self._space = Space(order.writable, order.disk_bytes)
        self._begun = time.monotonic()

    def run(self, killer: int) -> int:
        """Watch until the tool ends or exceeds a bound, then end what is left; return the exit status to pass on.

        Args:
            killer: what to close to have all of it killed at once, with Landlock.
        """
        try:
            return self._watch()
        finally:
            os.close(killer)
            if self._order.way != LANDLOCK or not self._tree.wait():
                self._tree.end()
            if self._order.own:
                remove(self._order.own)

    def _watch(self) -> int:
        poll = select.poll()
        poll.register(self._wakes, select.POLLIN)
        due = time.monotonic()
        while True:
            if poll.poll(max(0.0, due - time.monotonic()) * 1000):
                told = os.read(self._wakes, 64)
                if any(each != signal.SIGCHLD for each in told):
                    return SIGNALLED + signal.SIGTERM
            if (status := self._ended()) is not None:
                return status
            if time.monotonic() >= due:
                if exceeded := self._exceeded():
                    return exceeded
                due = time.monotonic() + _TICK_SECONDS

    def _ended(self) -> int | None:
        """Take in processes that have ended; return the tool's exit status once it is among them."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return SIGNALLED + signal.SIGKILL
            if pid == 0:
                return None
            if pid == self._tool:
                code = os.waitstatus_to_exitcode(status)
                return SIGNALLED - code if code < 0 else code

    def _memory_bytes(self) -> int:
        return self._tree.memory_bytes() + sum(taken_bytes(folder) for folder in self._order.in_memory)

    def _exceeded(self) -> int:
        """Return the exit status for a bound that is exceeded, 0 if none is."""
        order = self._order
        if order.wall_milliseconds and (time.monotonic() - self._begun) * 1000 > order.wall_milliseconds:
            return TOO_LONG
        if order.memory_bytes and (self._memory_bytes() > order.memory_bytes or is_memory_short()):
            return TOO_MUCH_MEMORY
        if order.tasks and self._tree.tasks() > order.tasks:
            return TOO_MANY
        if self._space.is_exceeded(self._tree.processes()):
            return TOO_MUCH_DISK
        return SIGNALLED + signal.SIGTERM if os.getppid() != self._front else 0


def wake_on_signals() -> int:
    """Return what becomes readable, with the numbers of the signals, when one has come that is of interest here."""
    reading, writing = os.pipe()
    for each in (reading, writing):
        os.set_blocking(each, False)
    for number in _WAKING:
        signal.signal(number, _nothing)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    return reading


def _nothing(_number: int, _frame: object) -> None:
    """Let the signal be told by the pipe."""
