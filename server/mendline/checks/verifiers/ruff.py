"""Python's linter ruff. It reads the project's configuration, which can't make it execute anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask, missing
from mendline.checks.check import Kind, Report, Subject
from mendline.checks.configuration import is_configured
from mendline.checks.finding import Finding, Severity
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.tool import find_tool
from mendline.text.positions import PositionEncoding

_FILES: Final = ("ruff.toml", ".ruff.toml")
_ERRORS: Final = ("E9", "F82", "F63", "F70", "invalid-syntax")
"""Codes of what fails when the code is run: syntax, undefined names, statements out of place."""

_FOUND: Final = 1


@frozen
class Ruff:
    """Lints the file as it comes, by the project's rules or else by ruff's own."""

    name: str = "ruff"
    kind: Kind = Kind.LINT
    languages: frozenset[str] = frozenset({"python"})
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Lint the file."""
        places = Places(subject, subject.project.root, PositionEncoding.UTF32, "Ruff")
        return await ask(self.name, lambda: _command(subject), seconds, lambda said: _read(said, places))


def _command(subject: Subject) -> Command | Report:
    tool = find_tool("ruff", subject.project)
    if tool is None:
        return missing("ruff", subject.project, install="`pip install ruff`")
    # Without the project's configuration ruff would take one from further up, or from the user's home.
    isolated = () if is_configured(subject.project.root, subject.path, _FILES, "ruff") else ("--isolated",)
    argv = (
        str(tool), "check", "--no-cache", "--no-fix", "--quiet", "--output-format=json", *isolated,
        f"--stdin-filename={subject.path}", "-",
    )  # fmt: skip
    return Command(argv, subject.project.root, subject.text.encode("utf-8", "replace"))


def _read(finished: Finished, places: Places) -> list[Finding]:
    if finished.status not in (0, _FOUND):
        raise Unreadable
    return [_finding(entry, places) for entry in json.loads(finished.stdout)]


def _finding(entry: Mapping[str, Any], places: Places) -> Finding:
    # Before 0.8 syntax errors had no code.
    code = entry["code"] or "invalid-syntax"
    severity = Severity.ERROR if code.startswith(_ERRORS) else Severity.WARNING
    start, end = _place(entry["location"]), entry.get("end_location")
    return places.finding("", start, _place(end) if end else None, entry["message"], severity=severity, code=code)


def _place(location: Mapping[str, int]) -> tuple[int, int]:
    return location["row"] - 1, location["column"] - 1
