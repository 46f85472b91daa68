"""What a user reads of a fix before taking it: what it is about, and what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence

from mendline.checks.check import Kind, Report, Status
from mendline.features.repair.judging import Judge
from mendline.features.repair.loss import Loss, Seen, Target
from mendline.features.repair.problem import Problem
from mendline.features.repair.words import about


def nothing(problem: Problem) -> str:
    """The title where nothing was found."""
    return f"No fix found: {about(problem.finding)}"


def fixed(judge: Judge, loss: Loss, seen: Seen) -> str:
    """The title of a fix."""
    problem = judge.problem
    against = _against(judge, loss, seen)
    if not against:
        return f"Fix: {about(problem.finding)} ({_joined(_evidence(judge, loss, seen))})"
    return f"Fix: {about(problem.finding)} (unverified: {against})"


def is_verified(judge: Judge, loss: Loss, seen: Seen) -> bool:
    """Whether the problem was seen before and is gone, and nothing is worse.

    Where tests showed the problem, all of them have to pass; else those may fail that failed before.
    """
    clean = not (loss.new_errors or loss.new_others or loss.unjudged or loss.left)
    tests = not loss.tests_failed or (not judge.ground.tests_show_it and loss.tests_failed <= judge.ground.tests_failed)
    return seen.target is Target.GONE and clean and tests and seen.parses is not False


def _evidence(judge: Judge, loss: Loss, seen: Seen) -> list[str]:
    kinds = {check.name: check.kind for check in judge.checks}
    ran = [report for report in seen.reports if report.status is Status.RAN]
    parsers = [report for report in ran if kinds[report.check] is Kind.SYNTAX]
    broken = any(report.findings for report in parsers) if parsers else bool(loss.broken)
    parts = ["leaves other syntax errors" if broken else "parses"] if seen.parses else []
    # A check that tells now what it could not tell before doesn't pass.
    telling = {report.check for report in ran if any(each in report.findings for each in seen.left)}
    names = [each.check for each in ran if kinds[each.check] not in (Kind.TESTS, Kind.SYNTAX)]
    names = [name for name in names if name not in telling]
    passed = sum(report.tests_passed for report in ran)
    failed = sum(report.tests_failed for report in ran)
    checked = list(names)
    if passed:
        checked.append(f"{passed} test{'s' if passed != 1 else ''}")
    if checked:
        parts.append(f"{_listed(checked)} pass{'es' if len(checked) == 1 and not passed > 1 else ''}")
    if hidden := [each for each in seen.left if not broken]:
        parts.append(f"{len(hidden)} problem{'s' if len(hidden) != 1 else ''} left that it had hidden")
    if failed:
        parts.append(f"{failed} test{'s' if failed != 1 else ''} fail as before")
    return parts


def _against(judge: Judge, loss: Loss, seen: Seen) -> str:
    """Why a fix is not verified; empty where it is."""
    if is_verified(judge, loss, seen):
        return ""
    if seen.target is Target.THERE:
        return "the problem is still reported"
    new = loss.new_errors + loss.new_others
    if new:
        return f"{new} new problem{'s' if new != 1 else ''}"
    if loss.left:
        return "leaves another syntax error in these lines"
    if seen.failures and loss.tests_failed:
        return f"{loss.tests_failed} test{'s' if loss.tests_failed != 1 else ''} still fail"
    return (_why(seen.reports) or "a check did not come to its end") if loss.unjudged else _unseen(judge)


def _unseen(judge: Judge) -> str:
    """Why nobody could see the problem."""
    kinds = {check.name: check.kind for check in judge.checks}
    own = [report for report in judge.ground.reports if kinds[report.check] is not Kind.SYNTAX]
    if not own:
        return f"no checker for {judge.problem.language_name or 'this language'}"
    if any(report.status is Status.RAN for report in own):
        return "no checker here reports the problem"
    return _why(own) or "no checker ran"


def _why(reports: Sequence[Report]) -> str:
    words = {
        Status.MISSING: "is missing",
        Status.UNTRUSTED: "needs a trusted workspace",
        Status.TIMED_OUT: "took too long",
        Status.BROKEN: "failed",
    }
    return next((f"{each.check} {words[each.status]}" for each in reports if each.status in words), "")


def _joined(parts: Sequence[str]) -> str:
    return ", ".join(parts)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
