"""Runs Python that a model wrote, to see whether it passes its tests: its own asserts, or the output they expect.

**Generated code is executed.** It runs in a process of its own, in an empty temporary folder, without this process's
environment, standard streams, site packages or user settings, and with limits on processor time, wall time, memory,
file size, open files and (except for root) on starting processes. Where bubblewrap (`bwrap`) is installed and works,
the file system is read-only but for that folder, and there is no network and no sight of other processes. Otherwise
Landlock and seccomp, where the kernel has them, keep it from the network, from writing elsewhere and from reading the
home folder. Without either the program may use the network and write wherever the user may: evaluate only models and
data that you would run by hand, or install bubblewrap.
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
from typing import IO

from attrs import frozen

import mendline
from mendline.checks.sandbox import confining as sandbox
from mendline.checks.sandbox.launcher.order import BUBBLEWRAP, LANDLOCK
from mendline.settings.errors import MendlineError

_CHILD = Path(__file__).with_name("confined.py")
_ROOT = Path(mendline.__file__).parents[1]
_BWRAP, _LANDLOCK = (sandbox.LABELS[way] for way in (BUBBLEWRAP, LANDLOCK))
_PYTHON = (sys.executable, "-I", "-S", "-B", "-X", "utf8")
_BUBBLEWRAP = (
    *("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
    # Root outside is root enough for these inside, whatever rights were dropped.
    *("--ro-bind", "/proc/sys", "/proc/sys", "--ro-bind-try", "/proc/sysrq-trigger", "/proc/sysrq-trigger"),
)
# A shell's way, and bubblewrap's, of passing on a signal.
_SIGNALLED = 128
_PROBE_SECONDS = 10
_TIMED_OUT = 1000
"""Stands in the place of an exit status, which is below 256."""

WRONG_OUTPUT = "WrongOutput"
"""Stands in the place of an exception's name."""


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
        error: the name of the exception that ended it, or of the signal, or `WRONG_OUTPUT`; empty when it passed or
            was stopped for time.
    """

    verdict: Verdict
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether the program ran to its end without an exception, and wrote what it was to write."""
        return self.verdict is Verdict.PASSED


@frozen
class Case:
    """One test of a program that reads its standard input and writes to its standard output.

    Attributes:
        input: what it reads.
        outputs: what it may write; any of these.
    """

    input: str
    outputs: tuple[str, ...]

    def accepts(self, written: str) -> bool:
        """Whether the words are those of an accepted output.

        White space and case don't count. A test that is stricter fails programs the benchmarks call right: of SAFIM's
        240 development items, 14 have a solution that writes "YES" for "Yes" or breaks its lines elsewhere.
        """
        words = written.lower().split()
        return any(words == output.lower().split() for output in self.outputs)


def run_program(program: str, limits: Limits | None = None) -> Outcome:
    """Execute a program and tell how it ended. One that ends itself early, by `sys.exit()` say, has failed.

    Raises:
        RunningError: no such process can be started here.
    """
    said, status = _execute(program, limits or Limits())
    if said == "passed":
        return Outcome(Verdict.PASSED)
    return _failure(said, status)


def run_case(program: str, case: Case, limits: Limits | None = None) -> Outcome:
    """Execute a program on an input. It passes if it ends without an error and wrote what is accepted.

    Raises:
        RunningError: as `run_program`.
    """
    with tempfile.TemporaryFile() as written:
        said, status = _execute(program, limits or Limits(), case.input, written)
        if said or status:
            return _failure(said, status)
        written.seek(0)
        accepted = case.accepts(written.read().decode("utf-8", "replace"))
    return Outcome(Verdict.PASSED) if accepted else Outcome(Verdict.FAILED, WRONG_OUTPUT)


def run_and_read(program: str, limits: Limits | None = None) -> tuple[Outcome, str]:
    """Execute a program and return how it ended, and what it wrote to its standard output.

    Raises:
        RunningError: as `run_program`.
    """
    with tempfile.TemporaryFile() as written:
        said, status = _execute(program, limits or Limits(), "", written)
        written.seek(0)
        text = written.read().decode("utf-8", "replace")
    return (_failure(said, status) if said or status else Outcome(Verdict.PASSED)), text


def _execute(program: str, limits: Limits, given: str = "", written: IO[bytes] | None = None) -> tuple[str, int]:
    """Run a program in a process of its own.

    Args:
        program: its source.
        limits: what it may use up.
        given: what it can read, if it may write.
        written: where its standard output goes; None gives it no standard streams.

    Returns:
        What the process said of the program's end, and its exit status; `_TIMED_OUT` when it was stopped for time.
    """
    source = program.encode("utf-8", "surrogatepass")
    mode = "asserts" if written is None else "streams"
    bounds = (str(limits.cpu_seconds), str(limits.memory_bytes), str(len(source)), mode)
    with tempfile.TemporaryDirectory(prefix="mendline-run-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [*_wrapper(folder), *_PYTHON, str(_CHILD), *bounds, *_walls(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if written is None else written,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={"LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            _, answer = process.communicate(source + given.encode("utf-8", "surrogatepass"), limits.wall_seconds)
        except subprocess.TimeoutExpired:
            return "", _TIMED_OUT
        finally:
            # Also whatever the program has started and left behind.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    begun, _, said = answer.decode("utf-8", "replace").partition(" ")
    if begun != "begun":
        raise RunningError(f"cannot run programs: the process to run them in ended with status {process.returncode}")
    number = -process.returncode if process.returncode < 0 else process.returncode - _SIGNALLED
    return said, _TIMED_OUT if number == signal.SIGXCPU else process.returncode


@functools.cache
def confinement() -> str:
    """Return what programs are confined by: "bubblewrap", else "Landlock and seccomp", else "resource limits"."""
    if _bubblewrap_works():
        return _BWRAP
    return _LANDLOCK if sandbox.works(LANDLOCK) else "resource limits"


def _bubblewrap_works() -> bool:
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        return False
    # Installed is not enough: many containers forbid the namespaces it needs.
    try:
        tried = subprocess.run(
            [bubblewrap, *_BUBBLEWRAP, *_PYTHON, "-c", ""], check=False, capture_output=True, timeout=_PROBE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def _walls(folder: str) -> list[str]:
    return [str(_ROOT), *sandbox.walls(Path(folder))] if confinement() == _LANDLOCK else []


def _wrapper(folder: str) -> list[str]:
    if confinement() != _BWRAP:
        return []
    return [shutil.which("bwrap") or "bwrap", *_BUBBLEWRAP, "--bind", folder, folder, "--chdir", folder]


def _failure(said: str, status: int) -> Outcome:
    if status == _TIMED_OUT:
        return Outcome(Verdict.TIMED_OUT)
    if said:
        return Outcome(Verdict.FAILED, said)
    names = {int(each): each.name for each in signal.Signals}
    return Outcome(Verdict.FAILED, names.get(-status if status < 0 else status - _SIGNALLED, "exit"))
