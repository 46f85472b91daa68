"""Python's type checker ty. It executes nothing: it reads the environment's files instead of asking its interpreter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask_in_copy, missing
from mendline.checks.check import Kind, Report, Status, Subject
from mendline.checks.configuration import configured_folder, is_configured
from mendline.checks.finding import Finding, Severity
from mendline.checks.overlay import UNTOUCHED, Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.tool import environment_of, find_tool
from mendline.text.positions import PositionEncoding

FILES: Final = ("ty.toml",)
SECTION: Final = "ty"

_FOUND: Final = 1
_SEVERITIES: Final = {"minor": Severity.WARNING, "info": Severity.INFORMATION}
"""GitLab's words (docs.gitlab.com, "Code Quality report format"); the others are errors."""


@frozen
class Ty:
    """Checks the types of the files that are unsaved or changed, with all that they import."""

    name: str = "ty"
    kind: Kind = Kind.TYPES
    languages: frozenset[str] = frozenset({"python"})
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Check the types."""
        return await ask_in_copy(self.name, self, subject, seconds, UNTOUCHED)

    def find(self, subject: Subject) -> Path | Report:
        """Find ty; where the project isn't set up for it, Pyright goes first."""
        project = subject.project
        tool = find_tool("ty", project)
        if tool is None:
            return missing(self.name, project, install="`pip install ty`")
        configured = is_configured(project.root, subject.path, FILES, SECTION)
        if not configured and find_tool("pyright", project) is not None:
            return Report(self.name, Status.MISSING, note="Pyright checks the types of this project.")
        return tool

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it in the copy."""
        paths = (path for path in subject.texts if path == subject.path or path.endswith((".py", ".pyi")))
        files = (str(copy.files / path) for path in paths)
        argv = (str(tool), "check", "--no-progress", "--output-format=gitlab", "--", *files)
        return Command(argv, _folder(subject, copy), environment=environment_of(subject.project))

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its JSON."""
        if finished.status not in (0, _FOUND):
            raise Unreadable
        places = Places(subject, copy.files, PositionEncoding.UTF32, "ty")
        folder = _folder(subject, copy)
        return [_finding(entry, folder, places) for entry in json.loads(finished.stdout)]


def _folder(subject: Subject, copy: Copy) -> Path:
    """Where it is started, and from where it tells paths: it looks for its configuration from there upwards."""
    return configured_folder(copy.files, subject.path, FILES, SECTION) or copy.files


def _finding(entry: Mapping[str, Any], folder: Path, places: Places) -> Finding:
    code, location = entry["check_name"], entry["location"]
    start, end = (_place(location["positions"][side]) for side in ("begin", "end"))
    message = entry["description"].removeprefix(f"{code}: ")
    severity = _SEVERITIES.get(entry["severity"], Severity.ERROR)
    return places.finding(str(folder / location["path"]), start, end, message, severity=severity, code=code)


def _place(position: Mapping[str, int]) -> tuple[int, int]:
    return position["line"] - 1, position["column"] - 1
