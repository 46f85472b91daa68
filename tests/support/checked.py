"""Subjects, marked findings and commands for tests of checks."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from mendline.checks.check import Check, Project, Report, Status, Subject
from mendline.checks.finding import Finding, Point, Severity
from mendline.checks.process import Command

UNTIL_KILLED = "import signal\nsignal.pause()\n"
"""A program that ends only when it is killed."""


def subject_of(
    root: Path, path: str, text: str, language: str, *, trusted: bool = False, others: Mapping[str, str] | None = None
) -> Subject:
    """A subject whose one unsaved file is `path`; `others` are unsaved too."""
    return Subject(Project(root, trusted), path, language, {**(others or {}), path: text})


def python(program: str, folder: Path, *arguments: str, stdin: bytes = b"") -> Command:
    """A command that runs a Python program."""
    return Command((sys.executable, "-c", program, *arguments), folder, stdin)


def plant(folder: Path, name: str, program: str) -> Path:
    """Write a Python program that can be started by its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{program}", encoding="utf-8")
    path.chmod(0o755)
    return path


async def findings_of(check: Check, subject: Subject) -> tuple[Finding, ...]:
    """What a check finds that must have run."""
    report = await check.run(subject, 60)
    assert report.status is Status.RAN, report
    return report.findings


def lines(report_or_findings: Report | tuple[Finding, ...]) -> list[str]:
    """Findings in one line each: "error 0:4-0:9 F821 message"."""
    found = report_or_findings.findings if isinstance(report_or_findings, Report) else report_or_findings
    return [
        f"{each.severity.name.lower()} {_place(each.start)}-{_place(each.end)} {each.code} {each.message}"
        for each in found
    ]


def finding(line: int, message: str = "wrong", *, path: str = "a.py", code: str = "X1", source: str = "t") -> Finding:
    """A finding at the beginning of a line."""
    return Finding(path, Point(line, 0), Point(line, 0), message, Severity.ERROR, source, code)


def _place(point: Point) -> str:
    return f"{point.line}:{point.column}"
