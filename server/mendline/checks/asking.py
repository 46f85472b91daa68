"""Asking a tool: what it says becomes a report, and whatever goes wrong with it does too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Protocol

from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.finding import Finding
from mendline.checks.overlay import Copy, NoOverlay, Overlay
from mendline.checks.places import in_order
from mendline.checks.process import Command, Finished, run_process
from mendline.checks.sandbox.commands import exceeded, is_late
from mendline.checks.tool import has_own_tool

Prepare = Callable[[], Command | Report]
"""Finds the tool and says how it is started, or why it can't be; it may use the disk, and runs in a thread."""

Read = Callable[[Finished], list[Finding]]
"""Reads what a tool said; it may use the disk, and runs in a thread.

Raises:
    Unreadable: it can't be read; so may KeyError, TypeError, ValueError (also of `json`), AttributeError, IndexError.
"""

_MOST_NOTE: Final = 200
_LONGEST_LINE: Final = 4_000


class Unreadable(ValueError):
    """What a tool said can't be read, or doesn't go with its exit status; the text says why, or is empty."""


class Steps(Protocol):
    """A check that needs a copy of the project, step by step. The steps may use the disk, and run in threads."""

    def find(self, subject: Subject) -> Path | Report:
        """Find the tool, or say why there is none to run; before anything is copied."""
        ...

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Say how the tool is started in the copy."""
        ...

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read what it said; raises as `Read` does."""
        ...


async def ask(name: str, prepare: Prepare, seconds: float, read: Read) -> Report:
    """Run a check's tool and read what it says.

    Args:
        name: the check's name.
        prepare: says how the tool is started.
        seconds: how long it may take.
        read: reads its output.
    """
    began = time.perf_counter()
    try:
        command = await asyncio.to_thread(prepare)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        return Report(name, Status.BROKEN, note=f"{name} was not run: {error}.")
    if isinstance(command, Report):
        return command
    finished = await run_process(command, seconds)
    confined = bool(command.confinement)
    report = await asyncio.to_thread(_report, name, finished, seconds, read, confined=confined)
    took = time.perf_counter() - began
    return Report(name, report.status, report.findings, note=report.note, confinement=command.confinement, seconds=took)


async def ask_in_copy(name: str, steps: Steps, subject: Subject, seconds: float, overlay: Overlay) -> Report:
    """As `ask`, in a copy of the project that has the subject's texts in it.

    Args:
        name: the check's name.
        steps: what is done.
        subject: what is checked.
        seconds: how long all of it may take, the copy included.
        overlay: the copies; `OVERLAY` for what is executed in the sandbox, `UNTOUCHED` for what runs outside of it.
    """
    began = time.perf_counter()
    try:
        tool = await asyncio.to_thread(steps.find, subject)
        if isinstance(tool, Report):
            return tool
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(seconds):
                copy = await stack.enter_async_context(overlay.of(subject))
            return await ask(
                name,
                lambda: steps.command(tool, subject, copy),
                began + seconds - time.perf_counter(),
                lambda said: steps.read(said, subject, copy),
            )
    except TimeoutError:
        return Report(name, Status.TIMED_OUT, note=f"Copying the project for {name} took longer than {seconds:.3g} s.")
    except (NoOverlay, OSError, ValueError) as error:
        return Report(name, Status.BROKEN, note=f"{name} was not run: {error}.")


def missing(name: str, project: Project, *, install: str, tool: str = "") -> Report:
    """The report of a check whose tool isn't there.

    Args:
        name: the check's name.
        project: where it was looked for.
        install: what makes it available, as the end of a sentence: "`pip install ruff`".
        tool: the tool's file name, if it isn't the check's.
    """
    if not project.trusted and has_own_tool(tool or name, project):
        note = f"The project's own {name} runs only in a trusted workspace, and no other is installed."
    else:
        note = f"{name} was not found; to have it: {install}."
    return Report(name, Status.MISSING, note=note)


def lines_of(said: bytes) -> list[str]:
    """What a tool said, line by line; of a very long line, as of minified code that it repeats, the beginning."""
    return [line[:_LONGEST_LINE] for line in said.decode("utf-8", "replace").splitlines()]


def untrusted(name: str) -> Report:
    """The report of a check that would execute code of a project that isn't trusted."""
    note = f"{name} can execute code of the project, so it runs only in a trusted workspace."
    return Report(name, Status.UNTRUSTED, note=note)


def _report(name: str, finished: Finished, seconds: float, read: Read, *, confined: bool) -> Report:
    if finished.status is None:
        return Report(name, Status.MISSING, note=f"{name} can't be started: {_last_line(finished.stderr)}.")
    if is_late(finished) if confined else finished.timed_out:
        return Report(name, Status.TIMED_OUT, note=f"{name} took longer than {seconds:.2g} s.")
    if finished.truncated:
        return Report(name, Status.BROKEN, note=f"{name} said more than can be read.")
    why = exceeded(finished) if confined else ""
    if why:
        return Report(name, Status.BROKEN, note=f"{name} was ended: {why}.")
    try:
        return Report(name, Status.RAN, in_order(read(finished)))
    except (Unreadable, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        said = (str(error) if isinstance(error, Unreadable) else "") or _last_line(finished.stderr or finished.stdout)
        ended = f"was ended by signal {-finished.status}" if finished.status < 0 else "failed"
        return Report(name, Status.BROKEN, note=f"{name} {ended}: {said or 'it says nothing'}.")


def _last_line(said: bytes) -> str:
    """The last line with text, where tools say what it comes down to."""
    lines = [line.strip() for line in said[-4_000:].decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:_MOST_NOTE].rstrip(".") if lines else ""
