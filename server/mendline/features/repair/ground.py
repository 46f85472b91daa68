"""What the checks say of the document as it is: what candidates are compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import field, frozen

from mendline.checks.catalogue import run_checks
from mendline.checks.check import Check, Kind, Report, Status, Subject
from mendline.checks.finding import Finding
from mendline.features.repair.problem import Problem
from mendline.features.repair.target import is_same_test, is_target

_MOST_SECONDS: Final = 60.0
"""For one check, where the budget knows no end."""


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
        reports = await reports_of(checks, problem.subject(), seconds)
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


async def reports_of(checks: Sequence[Check], subject: Subject, seconds: float) -> tuple[Report, ...]:
    """Run checks, each in at most so many seconds, and never longer than a minute."""
    return await run_checks(checks, subject, min(seconds, _MOST_SECONDS))


def _is_it(target: Finding, found: Finding, kind: Kind) -> bool:
    return is_same_test(target, found) if kind is Kind.TESTS else is_target(target, found)
