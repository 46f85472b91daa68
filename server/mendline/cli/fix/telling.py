"""What a user reads of fixes: a diff and the evidence, or JSON."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from mendline.checks.check import Report, Status
from mendline.cli.fix.mending import Mended
from mendline.features.repair import Step, why_nothing


def diff_of(mended: Mended) -> str:
    """All that changes in a file, as a unified diff that `git apply` and `patch -p1` take in the project's root."""
    before = mended.source.text.splitlines(keepends=True)
    after = mended.whole.document.text.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, f"a/{mended.source.path}", f"b/{mended.source.path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def evidence(mended: Mended) -> list[str]:
    """One line a problem: where it is, what was found, how it was checked."""
    return [_line(step, mended.source.path) for step in mended.whole.steps]


def summary(mended: Mended) -> str:
    """What became of a file, in one line."""
    path, tried, fixed = mended.source.path, len(mended.whole.steps), len(mended.whole.taken)
    if not tried:
        ran = [report.check for report in mended.reports if report.status is Status.RAN]
        return f"{path}: nothing to repair ({', '.join(ran)} ran)" if ran else f"{path}: there is no check for it"
    seconds = sum(step.repair.explanation.seconds for step in mended.whole.steps)
    left = f", {len(mended.whole.left)} left" if mended.whole.left else ""
    return f"{path}: {fixed} of {tried} problem{'s' if tried != 1 else ''} repaired{left}, in {seconds:.1f} s"


def as_json(mended: Mended, backup: Path | None) -> dict[str, Any]:
    """All of it; lines and columns count from 1, columns in characters."""
    return {
        "file": mended.source.path,
        "problems": [_problem(step) for step in mended.whole.steps],
        "repaired": len(mended.whole.taken),
        "left": [each.message for each in mended.whole.left],
        "diff": diff_of(mended),
        "backup": None if backup is None else str(backup),
        "trouble": mended.trouble,
        "checks": [{"name": each.check, "status": each.status.value, "note": each.note} for each in mended.reports],
    }


def _line(step: Step, path: str) -> str:
    repair, line = step.repair, step.problem.finding.start.line + 1
    words = f"{repair.title}{'' if step.taken else '; left out'}" if repair.found else why_nothing(repair)
    return f"{path}:{line}: {words}"


def _problem(step: Step) -> dict[str, Any]:
    finding, repair, about = step.problem.finding, step.repair, step.repair.explanation
    return {
        "line": finding.start.line + 1,
        "column": finding.start.column + 1,
        "message": finding.message,
        "source": finding.source,
        "code": finding.code,
        "title": repair.title,
        "found": repair.found,
        "verified": repair.verified,
        "taken": step.taken,
        "origin": repair.origin,
        "diff": about.diff,
        "checks": [_check(report) for report in repair.reports],
        "tried": [{"origin": each.origin, "fate": each.fate, "said": list(each.said)} for each in about.attempts],
        "rounds": about.rounds,
        "tokens": about.tokens,
        "seconds": round(about.seconds, 3),
        "trouble": about.trouble,
    }


def _check(report: Report) -> dict[str, Any]:
    return {
        "name": report.check,
        "status": report.status.value,
        "findings": len(report.findings),
        "testsPassed": report.tests_passed,
        "testsFailed": report.tests_failed,
        "confinement": report.confinement,
        "note": report.note,
    }
