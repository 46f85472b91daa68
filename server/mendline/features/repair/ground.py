"""What the checks say of the document as it is: what candidates are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve, field, frozen

from mendline.checks.catalogue import run_checks
from mendline.checks.check import Check, Kind, Report, Status
from mendline.checks.finding import Finding, Point
from mendline.features.repair.problem import Problem
from mendline.features.repair.target import is_same_test, is_target
from mendline.text.document import Document

_MOST_SECONDS: Final = 60.0
"""For one check, where the budget knows no end."""
_AT_THE_BEGINNING: Final = frozenset({"E402"})
"""What is said of imports that aren't at a file's beginning; a cell has its own."""


@frozen
class Ground:
    """What the checks say of the document as it is.

    Attributes:
        reports: one a check, in the checks' order.
        seen: the checks that report the problem, by name.
        kinds: what each check looks at, by name.
    """

    reports: tuple[Report, ...]
    seen: frozenset[str]
    kinds: Mapping[str, Kind] = field(repr=False)

    @classmethod
    async def of(cls, problem: Problem, checks: Sequence[Check], seconds: float) -> Ground:
        """Ask the checks, in at most so many seconds."""
        reports = await reports_of(checks, problem, problem.document.text, seconds)
        kinds = {check.name: check.kind for check in checks}
        seen = frozenset(
            report.check
            for report in reports
            if report.status is Status.RAN
            and any(_is_it(problem.finding, each, kinds[report.check]) for each in report.findings)
        )
        return cls(reports, seen, kinds)

    def report(self, name: str) -> Report | None:
        """The report of one check."""
        return next((report for report in self.reports if report.check == name), None)

    def kind(self, name: str) -> Kind:
        """What a check looks at."""
        return self.kinds[name]

    def ran(self, name: str) -> bool:
        """Whether a check can say anything: what was missing a moment ago still is."""
        report = self.report(name)
        return report is not None and report.status is Status.RAN

    def breaks_syntax(self, reports: Sequence[Report]) -> bool:
        """Whether the checks of the syntax report something."""
        return any(report.findings and self.kinds[report.check] is Kind.SYNTAX for report in reports)

    @property
    def tests_failed(self) -> int:
        """How many tests fail."""
        return sum(report.tests_failed for report in self.reports if report.status is Status.RAN)

    @property
    def failing(self) -> tuple[Finding, ...]:
        """What tests that fail say."""
        tests = (report for report in self.reports if self.kinds[report.check] is Kind.TESTS)
        return tuple(finding for report in tests for finding in report.findings)

    @property
    def tests_show_it(self) -> bool:
        """Whether the problem is a test that fails."""
        return any(self.kinds[name] is Kind.TESTS for name in self.seen)

    @property
    def failing_tests_seconds(self) -> float | None:
        """How long the tests take, where some fail."""
        ran = [report for report in self.reports if report.status is Status.RAN and report.tests_failed]
        return sum(report.seconds for report in ran) if ran else None


async def reports_of(checks: Sequence[Check], problem: Problem, text: str, seconds: float) -> tuple[Report, ...]:
    """Run checks, each in at most so many seconds, and never longer than a minute.

    Args:
        checks: which ones.
        problem: whose document is checked.
        text: what it would be.
        seconds: for each.
    """
    reports = await run_checks(checks, problem.subject(text), min(seconds, _MOST_SECONDS))
    if not problem.above:
        return reports
    above = Document.of(problem.above).line_count - 1
    return tuple(evolve(each, findings=tuple(_in_cell(each.findings, problem.path, above))) for each in reports)


def _in_cell(findings: Iterable[Finding], path: str, above: int) -> Iterator[Finding]:
    """Findings at their places in a cell that so many lines stand above; without what is about those."""
    for each in findings:
        line = each.start.line - above
        if each.path != path:
            yield each
        elif line >= 0 and each.code not in _AT_THE_BEGINNING:
            start, end = Point(line, each.start.column), Point(each.end.line - above, each.end.column)
            yield evolve(each, start=start, end=end)


def _is_it(target: Finding, found: Finding, kind: Kind) -> bool:
    return is_same_test(target, found) if kind is Kind.TESTS else is_target(target, found)
