"""A command that the user has typed as the test of a repair: it passes where it ends with status 0.

It runs in a copy of the project and in the sandbox, as all tests do. It needs no trusted folder: typing it is the
user's word.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from mendline.checks.check import Kind, Report, Status, Subject
from mendline.checks.finding import Finding
from mendline.checks.overlay import Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished, minimal_environment
from mendline.checks.testing import Run, Tally, run_tests
from mendline.text.positions import PositionEncoding

_COUNTS: Final = (
    (re.compile(r"(\d+) passed"), re.compile(r"(\d+) (?:failed|errors?)\b")),
    (re.compile(r"^# pass (\d+)", re.MULTILINE), re.compile(r"^# fail (\d+)", re.MULTILINE)),
    (re.compile(r"^Ran (\d+) tests?", re.MULTILINE), re.compile(r"(?:failures|errors)=(\d+)")),
)
"""How pytest and cargo, Node's runner, and unittest count what passed and what failed; unittest counts all."""
_ALL_COUNTED: Final = 2
_MOST_LINES: Final = 4
_SAID: Final = re.compile(r"^(?:E {2,}(.+)|(\w*(?:Error|Exception|Failure|panicked)\b.*))$", re.MULTILINE)
_MOST_BYTES: Final = 64_000


@frozen
class TypedTests:
    """Runs a command of the user's.

    Attributes:
        argv: the program, to be found on the PATH or by its path, and its arguments.
        line: where in the file the user sees the cause of a failure, from 0; None for what the failure names.
    """

    argv: tuple[str, ...]
    line: int | None = None
    name: str = "test"
    kind: Kind = Kind.TESTS
    languages: frozenset[str] = frozenset()
    executes: bool = False
    standalone: bool = False

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Run the command."""
        trusted = evolve(subject, project=evolve(subject.project, trusted=True))
        return await run_tests(self.name, _Tests(self, trusted), trusted, seconds)


@frozen
class _Tests:
    check: TypedTests
    subject: Subject

    def missing(self) -> Report | None:
        if self._program(self.subject.project.root) is None:
            return Report(self.check.name, Status.MISSING, note=f"{self.check.argv[0]} was not found.")
        return None

    def run(self, copy: Copy) -> Run:
        program = self._program(copy.files)
        assert program is not None
        # As in the user's own shell, scripts find the modules beside them.
        environment = {name: value for name, value in minimal_environment().items() if name != "PYTHONSAFEPATH"}
        return Run(Command((program, *self.check.argv[1:]), copy.files, environment=environment))

    def read(self, finished: Finished, copy: Copy) -> Tally | Report:
        said = (finished.stdout[-_MOST_BYTES:] + b"\n" + finished.stderr[-_MOST_BYTES:]).decode("utf-8", "replace")
        passed, failed = _counts(said)
        if finished.status == 0:
            return Tally(max(1, passed), 0)
        return Tally(passed, max(1, failed), (self._finding(said, copy),))

    def _program(self, root: Path) -> str | None:
        """The program: one that is named by a path from the project's root is the copy's."""
        named = self.check.argv[0]
        return shutil.which(str(root / named) if os.sep in named else named)

    def _finding(self, said: str, copy: Copy) -> Finding:
        path = self.subject.path
        places = Places(self.subject, copy.files, PositionEncoding.UTF32, self.check.name)
        named = re.compile(rf"{re.escape(path)}(?:\", line |:)(\d+)")
        lines = [int(match[1]) - 1 for match in named.finditer(said)]
        line = self.check.line
        if line is None:
            line = lines[-1] if lines else 0
        return places.finding(path, (line, 0), None, _words(said), code=Path(self.check.argv[0]).name)


def _counts(said: str) -> tuple[int, int]:
    """How many tests passed and failed, as far as runners say; (0, 0) where they don't."""
    for number, (passing, failing) in enumerate(_COUNTS):
        passed = sum(int(each) for each in passing.findall(said))
        failed = sum(int(each) for each in failing.findall(said))
        if passed or failed:
            return (max(0, passed - failed) if number == _ALL_COUNTED else passed), failed
    return 0, 0


def _words(said: str) -> str:
    """What a failure comes down to: what runners mark as the error, else the last lines."""
    marked = [first or second for first, second in _SAID.findall(said)]
    lines = marked or [line.strip() for line in said.splitlines() if line.strip()][-_MOST_LINES:]
    return "; ".join(dict.fromkeys(line.strip() for line in lines[:_MOST_LINES])) or "the test fails and says nothing"
