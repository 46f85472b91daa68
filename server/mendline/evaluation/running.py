"""Runs Python that a model wrote, to see whether it passes its tests.

**Generated code is executed.** It runs in a process of its own, in an empty temporary folder, without this process's
environment, standard streams, site packages or user settings, and with limits on processor time, wall time, memory,
file size, open files and (except for root) on starting processes. Where bubblewrap (`bwrap`) is installed and works,
the file system is read-only but for that folder, and there is no network and no sight of other processes. Without it
the program may use the network and write wherever the user may: evaluate only models and data that you would run by
hand, or install bubblewrap.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from attrs import frozen

from mendline.settings.errors import MendlineError

_CHILD = Path(__file__).with_name("confined.py")
_PYTHON = (sys.executable, "-I", "-S", "-B", "-X", "utf8")
_BUBBLEWRAP = (
    *("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
)
# A shell's way, and bubblewrap's, of passing on a signal.
_SIGNALLED = 128
_PROBE_SECONDS = 10


class RunningError(MendlineError):
    """Programs can't be run on this machine."""


@frozen
class Limits:
    """What a program may use up.

    Attributes:
        cpu_seconds: processor time; this is what ends an endless loop, whatever else the machine does.
        wall_seconds: time until it is killed, which ends a program that waits.
        memory_bytes: address space.
    """

    cpu_seconds: int = 5
    wall_seconds: float = 30.0
    memory_bytes: int = 2**30


class Verdict(enum.Enum):
    """How a program ended."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed-out"


@frozen
class Outcome:
    """How a program ended, and why.

    Attributes:
        verdict: whether it ran to its end.
        error: the name of the exception that ended it, or of the signal; empty when it passed or was stopped for time.
    """

    verdict: Verdict
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether the program ran to its end without an exception."""
        return self.verdict is Verdict.PASSED


def run_program(program: str, limits: Limits | None = None) -> Outcome:
    """Execute a program and tell how it ended. One that ends itself early, by `sys.exit()` say, has failed.

    Raises:
        RunningError: no such process can be started here.
    """
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="mendline-run-", ignore_cleanup_errors=True) as folder:
        arguments = [*_wrapper(folder), *_PYTHON, str(_CHILD), str(limits.cpu_seconds), str(limits.memory_bytes)]
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(program.encode("utf-8", "surrogatepass"), timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired:
            return Outcome(Verdict.TIMED_OUT)
        finally:
            # Also whatever the program has started and left behind.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return _outcome(said.decode("utf-8", "replace"), process.returncode)


@functools.cache
def confinement() -> str:
    """Return what programs are confined by: "bubblewrap", or "resource limits" where that is all there is."""
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        return "resource limits"
    # Installed is not enough: many containers forbid the namespaces it needs.
    try:
        tried = subprocess.run(
            [bubblewrap, *_BUBBLEWRAP, *_PYTHON, "-c", ""], check=False, capture_output=True, timeout=_PROBE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return "resource limits"
    return "bubblewrap" if tried.returncode == 0 else "resource limits"


def _wrapper(folder: str) -> list[str]:
    if confinement() != "bubblewrap":
        return []
    return [shutil.which("bwrap") or "bwrap", *_BUBBLEWRAP, "--bind", folder, folder, "--chdir", folder]


def _outcome(said: str, status: int) -> Outcome:
    begun, _, ended = said.partition(" ")
    if begun != "begun":
        raise RunningError(f"cannot run programs: the process to run them in ended with status {status}")
    if ended == "passed":
        return Outcome(Verdict.PASSED)
    if ended:
        return Outcome(Verdict.FAILED, ended)
    number = -status if status < 0 else status - _SIGNALLED
    if number == signal.SIGXCPU:
        return Outcome(Verdict.TIMED_OUT)
    names = {int(each): each.name for each in signal.Signals}
    return Outcome(Verdict.FAILED, names.get(number, "exit"))
