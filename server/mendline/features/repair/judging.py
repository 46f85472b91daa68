"""Judges candidates in stages: parse and guards in this process, then checks, the dear ones last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from attrs import define, evolve
from rapidfuzz.distance import Levenshtein

from mendline.checks import parse_gate
from mendline.checks.check import Check, Kind, Report, Status
from mendline.checks.comparison import compare
from mendline.checks.finding import Finding, Severity
from mendline.features.repair.candidate import Candidate, normalised
from mendline.features.repair.ground import Ground, reports_of
from mendline.features.repair.guards import refused
from mendline.features.repair.loss import Loss, Seen, Target
from mendline.features.repair.problem import Problem
from mendline.features.repair.rewritten import Rewritten
from mendline.features.repair.target import alike, is_same_test, names_only_others, targets_in
from mendline.search import Meter, Verdict
from mendline.text.edits import edit_between

Judged = Verdict[Loss, Seen]
Stage = Callable[[Candidate, Judged | None, Meter], Awaitable[Judged]]

BREAKS: Final = "adds a syntax error"
ADDS_ERROR: Final = "puts another error in the place of this one"
BREAKS_TEST: Final = "breaks as many tests as it mends"

_STAGES: Final = ((Kind.SYNTAX, Kind.LINT), (Kind.TYPES, Kind.BUILD), (Kind.TESTS,))
"""Which checks are run together, in this order."""
_PARSE_MS: Final = 500.0
_LEAST_SECONDS: Final = 3.0
_PATIENCE: Final = 10.0
_MOST_SECONDS: Final = 60.0
"""For one check, where the budget knows no end."""


@define
class Judge:
    """Judges candidates for one problem.

    Attributes:
        problem: what is to be repaired.
        checks: what may be asked.
        ground: what they say of the document as it is.
    """

    problem: Problem
    checks: tuple[Check, ...]
    ground: Ground

    @classmethod
    async def of(cls, problem: Problem, checks: Sequence[Check], seconds: float) -> Judge:
        """Ask the checks about the document as it is, in at most so many seconds.

        Candidates are tested by the very tests that are chosen here, whatever they define.
        """
        problem = await asyncio.to_thread(problem.knowing_symbols)
        return cls(problem, tuple(checks), await Ground.of(problem, checks, seconds))

    @property
    def original(self) -> Judged:
        """The verdict on the document as it is."""
        return Verdict(
            Loss(tests_failed=self.ground.tests_failed, target=Target.THERE),
            Seen(self.ground.reports, target=Target.THERE),
        )

    @property
    def original_key(self) -> str:
        """The key of a candidate that would change nothing."""
        return normalised(self.problem.document.text)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that there is something for; the last one's verdict is whole."""
        groups = [[check for check in self.checks if check.kind in kinds] for kinds in _STAGES]
        useful = [[check for check in group if self.ground.ran(check.name)] for group in groups]
        filled = [group for group in useful if group]
        stages: list[Stage] = [self._parsed]
        stages += [self._checked(group) for group in filled]
        return (*stages, self._summed_up)

    async def _parsed(self, candidate: Candidate, before: Judged | None, meter: Meter) -> Judged:
        """The first stage: guards and the parse gate.

        How much is changed is not looked at before the end: of those that are equally good so far, the one that was
        proposed first is judged first.
        """
        problem = self.problem
        edit = edit_between(problem.document.text, candidate.after.text)
        least = Target.GONE if self.ground.seen else Target.UNKNOWN
        loss = Loss(target=least)
        if reason := refused(problem, candidate):
            return Verdict(loss, Seen(target=least), out=reason)
        gate = await asyncio.to_thread(
            parse_gate.check, problem.tree, problem.document, edit, _PARSE_MS, whole_only=True
        )
        parses = gate.parsed if gate.parsed is not False and not gate.cut else False
        seen = Seen(target=least, parses=parses)
        return Verdict(evolve(loss, broken=gate.broken), seen, out=BREAKS if parses is False else "")

    def _checked(self, checks: Sequence[Check]) -> Stage:
        async def stage(candidate: Candidate, before: Judged | None, meter: Meter) -> Judged:
            assert before is not None
            seconds = min(meter.seconds_left, self._patience(checks))
            reports = await reports_of(checks, self.problem, candidate.after.text, seconds)
            return self._with(candidate, before, reports)

        return stage

    def _patience(self, checks: Sequence[Check]) -> float:
        """How long checks may take that took some time before: a change that makes tests run for ever costs no more."""
        took = max((report.seconds for check in checks if (report := self.ground.report(check.name))), default=0.0)
        return max(_LEAST_SECONDS, _PATIENCE * took)

    def _with(self, candidate: Candidate, before: Judged, reports: Sequence[Report]) -> Judged:
        """The verdict after some more reports; what other checks will say is taken for the best."""
        problem, target = self.problem, self.problem.finding
        tests = [report for report in reports if self.ground.kind(report.check) is Kind.TESTS]
        others = [report for report in reports if report not in tests]
        texts = {problem.path: problem.document.text}, {problem.path: candidate.after.text}
        ground = [each for report in others if (each := self.ground.report(report.check)) is not None]
        change = compare(ground, others, *texts)
        lines = Rewritten.of(problem, candidate.after)
        failures = [each for report in tests for each in report.findings]
        broken = [each for each in failures if not any(is_same_test(each, known) for known in self.ground.failing)]
        parses = not self.ground.breaks_syntax((*before.findings.reports, *others))
        left = self._left(others, change.new, lines, parses=parses)
        # Where the same is reported of the lines that were changed, it has only changed its words.
        still = [each for each in failures if is_same_test(target, each)]
        still += [each for each in change.new if each not in left and alike(target, each) and lines.has(each)]
        if self._stays(others, change.gone, [each for each in left if each not in change.new]):
            still.append(target)
        new = [each for each in change.new if each not in still and each not in left]
        errors = sum(each.severity is Severity.ERROR for each in new)
        loss, seen = before.loss, before.findings
        unjudged = sum(report.status is not Status.RAN for report in reports)
        failed = loss.tests_failed + sum(self._failed(report) for report in tests)
        out = ""
        if any(each.severity is Severity.ERROR and lines.has(each) for each in new):
            out = ADDS_ERROR
        if broken and failed >= self.ground.tests_failed:
            out = BREAKS_TEST
        return Verdict(
            evolve(
                loss,
                tests_failed=failed,
                target=Target.THERE if still else loss.target,
                new_errors=loss.new_errors + errors + len(broken),
                new_others=loss.new_others + len(new) - errors,
                unjudged=loss.unjudged + unjudged,
                left=loss.left + sum(lines.has(each) for each in left if not parses),
            ),
            evolve(
                seen,
                reports=(*seen.reports, *reports),
                new=(*seen.new, *new),
                left=(*seen.left, *left),
                target=Target.THERE if still else seen.target,
                remaining=(*seen.remaining, *still),
                failures=(*seen.failures, *failures),
            ),
            out=out,
        )

    def _left(
        self, reports: Sequence[Report], new: Sequence[Finding], lines: Rewritten, *, parses: bool
    ) -> list[Finding]:
        """What is told now because the syntax error that hid it is gone: it is not the fix's doing.

        Args:
            reports: what the checks say now.
            new: what they say that they didn't before.
            lines: what is changed.
            parses: whether the file has no syntax error any more.
        """
        ground = self.ground
        if not ground.breaks_syntax(ground.reports):
            return []
        if parses:
            return [each for each in new if _was_hidden(each, lines)]
        # Parsers tell the first error only. The tree has all of them in it: there have to be fewer than before.
        broken = lines.broken
        if broken is None or broken[1] >= broken[0]:
            return []
        parsers = [report for report in reports if ground.kind(report.check) is Kind.SYNTAX]
        told = [each for report in parsers for each in report.findings]
        behind = [each for each in told if each in new and each.start.line >= lines.behind]
        stay = [each for each in told if broken[1] and lines.has(each) and lines.leaves(each) and lines.is_behind(each)]
        return [*behind, *(each for each in stay if each in new or self._has_the_targets_words(each))]

    def _has_the_targets_words(self, finding: Finding) -> bool:
        """Whether it takes a closer look to tell a finding from the problem, and it was not told beside it before."""
        target = self.problem.finding
        before = [each for report in self.ground.reports for each in report.findings]
        others = [each for each in before if each not in targets_in(before, target)]
        return alike(target, finding) and all(each.message != finding.message for each in others)

    def _stays(self, reports: Sequence[Report], gone: Sequence[Finding], others: Sequence[Finding]) -> bool:
        """Whether one of the checks that reported the problem still does, in the very same words.

        Args:
            reports: what they say now.
            gone: what they said before and don't say any more.
            others: what is said in the problem's words now, and is another problem.
        """
        for report in reports:
            earlier = self.ground.report(report.check)
            if report.check in self.ground.seen and report.status is Status.RAN and earlier is not None:
                reported = targets_in(earlier.findings, self.problem.finding)
                if sum(each not in gone for each in reported) > sum(each in others for each in report.findings):
                    return True
        return False

    def _failed(self, report: Report) -> int:
        """How many tests fail; as many as before where they could not be run."""
        earlier = self.ground.report(report.check)
        if report.status is Status.RAN or earlier is None:
            return report.tests_failed
        return earlier.tests_failed

    async def _summed_up(self, candidate: Candidate, before: Judged | None, meter: Meter) -> Judged:
        """The last stage: what became of the problem, now that all checks have spoken, and how much is changed."""
        assert before is not None
        seen, loss = before.findings, before.loss
        ran = {report.check for report in seen.reports if report.status is Status.RAN}
        if seen.target is not Target.THERE:
            certain = bool(self.ground.seen) and self.ground.seen <= ran
            seen = evolve(seen, target=Target.GONE if certain else Target.UNKNOWN)
        loss = evolve(loss, target=max(loss.target, seen.target), size=size_of(self.problem, candidate))
        checkable = Target.GONE if self.ground.seen else Target.UNKNOWN
        clean = not (loss.tests_failed or loss.new_errors or loss.new_others or loss.unjudged or loss.left)
        return Verdict(loss, seen, solved=clean and seen.target <= checkable)


def _was_hidden(finding: Finding, lines: Rewritten) -> bool:
    """Whether a finding was there before, had the file parsed; warnings elsewhere are no fix's doing.

    Errors elsewhere may well be, unless all that they name is untouched and no line has moved in the block they are in.
    """
    if lines.has(finding):
        return lines.has_not_made(finding)
    if finding.severity <= Severity.ERROR and lines.may_have_moved(finding):
        return False
    return finding.severity > Severity.ERROR or names_only_others(finding, lines.text)


def size_of(problem: Problem, candidate: Candidate) -> int:
    """How many characters a candidate changes."""
    edit = edit_between(problem.document.text, candidate.after.text)
    return Levenshtein.distance(problem.document.text[edit.start : edit.end], edit.text)
