"""From a search to an explanation, and from that to text."""

from __future__ import annotations

import difflib
from typing import Final

from mendline.checks.check import Report, Status
from mendline.features.repair.candidate import Candidate
from mendline.features.repair.loss import Loss, Seen
from mendline.features.repair.outcome import Attempt, Repair
from mendline.features.repair.problem import Problem
from mendline.features.repair.words import said
from mendline.search import Fate, Trial

_MOST_SAID: Final = 5


def diff_of(problem: Problem, candidate: Candidate) -> str:
    """What a candidate changes, as a unified diff with the file's path."""
    before = problem.document.text.splitlines(keepends=True)
    after = candidate.after.text.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, f"a/{problem.path}", f"b/{problem.path}", n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def attempt_of(problem: Problem, trial: Trial[Candidate, Loss, Seen]) -> Attempt:
    """What a trial shows a user."""
    return Attempt(
        trial.round + 1, trial.candidate.origin, _fate(trial), _against(trial), diff_of(problem, trial.candidate)
    )


def markdown(repair: Repair) -> str:
    """The explanation of a repair as Markdown, for a hover or a panel."""
    about = repair.explanation
    parts = [f"**{repair.title}**", f"The problem: {said(about.finding)}, line {about.finding.start.line + 1}."]
    if about.trouble:
        parts.append(f"The model could not be asked: {about.trouble}")
    if repair.found:
        parts.append(f"```diff\n{about.diff.rstrip()}\n```")
        parts.append("What the checks say of it:\n\n" + _listed(about.after))
    else:
        parts.append("What the checks say of the file:\n\n" + _listed(about.before))
    tried = "\n".join(_tried(each) for each in about.attempts) or "- nothing"
    parts.append(
        f"What was tried ({about.rounds} rounds, {about.tokens} tokens, {about.seconds:.1f} s; {about.ending}):"
    )
    parts.append(tried)
    return "\n\n".join(parts) + "\n"


def why_nothing(repair: Repair) -> str:
    """Say in one line that there is no fix, and why."""
    about = repair.explanation
    if about.trouble:
        return f"{repair.title}; the model could not be asked: {about.trouble.rstrip('.')}"
    tried = len(about.attempts)
    return f"{repair.title} ({f'{tried} tried, {about.ending}' if tried else 'nothing was proposed'})"


def _listed(reports: tuple[Report, ...]) -> str:
    return "\n".join(f"- {_report(each)}" for each in reports) or "- there is no check for this file"


def _report(report: Report) -> str:
    if report.status is not Status.RAN:
        return f"{report.check}: {report.status.value}{f' ({report.note})' if report.note else ''}"
    tests = f"{report.tests_passed} tests pass, {report.tests_failed} fail" if _has_tests(report) else ""
    found = f"{len(report.findings)} findings" if report.findings else "nothing found"
    within = f", run in {report.confinement}" if report.confinement else ""
    return f"{report.check}: {tests or found}{within}"


def _has_tests(report: Report) -> bool:
    return bool(report.tests_passed or report.tests_failed)


def _tried(attempt: Attempt) -> str:
    against = "; ".join(attempt.said)
    return f"- round {attempt.round}, {attempt.origin}: {attempt.fate}{f': {against}' if against else ''}"


def _fate(trial: Trial[Candidate, Loss, Seen]) -> str:
    if trial.fate is Fate.OUT and trial.verdict is not None:
        return trial.verdict.out
    return trial.fate.value


def _against(trial: Trial[Candidate, Loss, Seen]) -> tuple[str, ...]:
    if trial.verdict is None:
        return ()
    seen = trial.verdict.findings
    return tuple(dict.fromkeys(said(each) for each in (*seen.failures, *seen.remaining, *seen.new)))[:_MOST_SAID]
