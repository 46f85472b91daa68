"""A check whose findings a test writes down, as a function of the text."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

from attrs import define, field

from mendline.checks.check import Kind, Report, Status, Subject
from mendline.checks.finding import Finding, Point, Severity
from mendline.engine.fake import Gate

Find = Callable[[Subject], list[Finding]]


@define(eq=False, repr=False)
class ScriptedCheck:
    """Implements `Check`."""

    find: Find
    name: str = "scripted"
    kind: Kind = Kind.LINT
    languages: frozenset[str] = frozenset()
    executes: bool = False
    standalone: bool = True
    status: Status = Status.RAN
    hold: asyncio.Event | Gate | None = None
    subjects: list[Subject] = field(factory=list)
    _serial: int = field(factory=itertools.count().__next__, init=False)

    def __repr__(self) -> str:
        """What results are remembered by: no two of these are the same."""
        return f"{self.name} {self._serial}, {len(self.subjects)}"

    async def run(self, subject: Subject, seconds: float) -> Report:
        self.subjects.append(subject)
        if self.hold is not None:
            await self.hold.wait()
        if self.status is not Status.RAN:
            return Report(self.name, self.status, note=f"{self.name} did not run")
        found = tuple(self.find(subject))
        failed = len(found) if self.kind is Kind.TESTS else 0
        passed = 1 if self.kind is Kind.TESTS and not found else 0
        return Report(self.name, Status.RAN, found, tests_passed=passed, tests_failed=failed)


def words_not_allowed(*words: str, source: str = "scripted", severity: Severity = Severity.ERROR) -> Find:
    """Finds each line in which one of the words stands."""

    def find(subject: Subject) -> list[Finding]:
        found = []
        for number, line in enumerate(subject.text.split("\n")):
            for word in words:
                at = line.find(word)
                if at >= 0:
                    start, end = Point(number, at), Point(number, at + len(word))
                    found.append(Finding(subject.path, start, end, f"undefined name `{word}`", severity, source, "E1"))
        return found

    return find
