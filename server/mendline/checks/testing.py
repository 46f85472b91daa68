"""Running a project's tests: in a copy with the subject's texts, in the sandbox; what they say becomes a report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from attrs import field, frozen

from mendline.checks.asking import Unreadable
from mendline.checks.check import Kind, Report, Status, Subject
from mendline.checks.finding import Finding
from mendline.checks.overlay import OVERLAY, Copy, NoOverlay
from mendline.checks.places import in_order
from mendline.checks.process import Command, Finished, run_process
from mendline.checks.sandbox.commands import confine, exceeded, is_late
from mendline.checks.sandbox.limits import Limits

_MOST_NOTE: Final = 200
_GRACE_SECONDS: Final = 2.0
"""How much later the sandbox ends what should have been ended."""


@frozen
class Tally:
    """What came of some tests.

    Attributes:
        passed, failed: how many; one that is left out, or is expected to fail and does, is neither.
        findings: one for each that failed.
    """

    passed: int
    failed: int
    findings: tuple[Finding, ...] = ()


@frozen
class Run:
    """How tests are run.

    Attributes:
        command: the command; its folder lies in the copy.
        readable: folders that it needs to see, beside its program's installation and what links in the copy lead to.
    """

    command: Command
    readable: Sequence[Path] = ()


class Tests(Protocol):
    """The tests of one subject, step by step. The steps may use the disk, and run in threads."""

    def missing(self) -> Report | None:
        """Find the tool and the tests; say what isn't there. Before anything is copied."""
        ...

    def run(self, copy: Copy) -> Run:
        """Say how they are run in a copy."""
        ...

    def read(self, finished: Finished, copy: Copy) -> Tally | Report:
        """Read what they said.

        Raises:
            Unreadable: it can't be read; so may KeyError, TypeError, ValueError, AttributeError, IndexError.
        """
        ...


@frozen
class ProjectTests:
    """A check that runs tests of the project.

    Attributes:
        tests: finds and reads those of a subject.
    """

    name: str
    languages: frozenset[str]
    tests: Callable[[Subject], Tests] = field(repr=False)
    kind: Kind = Kind.TESTS
    executes: bool = True
    standalone: bool = False

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Run the tests."""
        return await run_tests(self.name, self.tests(subject), subject, seconds)


async def run_tests(name: str, tests: Tests, subject: Subject, seconds: float) -> Report:
    """Run the tests of a subject; never where the project isn't trusted. Cancelling ends them, and all they started.

    Args:
        name: the check's name.
        tests: which ones.
        subject: what is tested.
        seconds: how long all of it may take, the copy included.
    """
    if not subject.project.trusted:
        note = f"{name} executes code of the project, so it runs only in a trusted workspace."
        return Report(name, Status.UNTRUSTED, note=note)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(seconds):
            if (missing := await asyncio.to_thread(tests.missing)) is not None:
                return missing
            async with OVERLAY.of(subject) as copy:
                command = await asyncio.to_thread(_confined, tests, copy, seconds)
                finished = await run_process(command, began + seconds - time.perf_counter())
                report = await asyncio.to_thread(_report, name, tests, copy, finished, seconds)
    except TimeoutError:
        return Report(name, Status.TIMED_OUT, note=f"{name} took longer than {seconds:.2g} s.")
    except (NoOverlay, OSError) as error:
        return Report(name, Status.BROKEN, note=f"{name} was not run: {error}.")
    took = time.perf_counter() - began
    return Report(
        name, report.status, report.findings, report.tests_passed, report.tests_failed, report.note,
        command.confinement, took,
    )  # fmt: skip


def _confined(tests: Tests, copy: Copy, seconds: float) -> Command:
    run = tests.run(copy)
    late = seconds + _GRACE_SECONDS
    limits = Limits(wall_seconds=late, cpu_seconds=max(1, round(late)))
    return confine(run.command, writable=copy.place, readable=(*run.readable, *copy.linked), limits=limits)


def _report(name: str, tests: Tests, copy: Copy, finished: Finished, seconds: float) -> Report:
    if (stopped := _stopped(name, finished, seconds)) is not None:
        return stopped
    try:
        tally = tests.read(finished, copy)
    except (Unreadable, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        said = (str(error) if isinstance(error, Unreadable) else "") or _last_line(finished.stderr or finished.stdout)
        return Report(name, Status.BROKEN, note=f"{name} failed: {said or 'it says nothing'}.")
    if isinstance(tally, Report):
        return tally
    return Report(name, Status.RAN, in_order(list(tally.findings)), tally.passed, tally.failed)


def _stopped(name: str, finished: Finished, seconds: float) -> Report | None:
    """The report of what did not come to its own end."""
    if finished.status is None:
        return Report(name, Status.MISSING, note=f"{name} can't be started: {_last_line(finished.stderr)}.")
    if is_late(finished):
        return Report(name, Status.TIMED_OUT, note=f"{name} took longer than {seconds:.2g} s.")
    if finished.truncated:
        return Report(name, Status.BROKEN, note=f"{name} said more than can be read.")
    why = exceeded(finished)
    return Report(name, Status.BROKEN, note=f"{name} was ended: {why}.") if why else None


def _last_line(said: bytes) -> str:
    lines = [line.strip() for line in said[-4_000:].decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:_MOST_NOTE].rstrip(".") if lines else ""
