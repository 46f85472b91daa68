"""ESLint, where the project has it set up. Its configuration is a program: it runs in the sandbox only."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask_in_copy, missing, untrusted
from mendline.checks.check import Kind, Project, Report, Status, Subject
from mendline.checks.configuration import folders_above, nearest, read_json
from mendline.checks.finding import Finding, Severity
from mendline.checks.overlay import OVERLAY, Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.sandbox.commands import confine
from mendline.checks.tool import environment_of, find_tool
from mendline.text.positions import PositionEncoding

_FILES: Final = tuple(
    f"{name}{ending}"
    for name, endings in (
        ("eslint.config", (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")),
        (".eslintrc", (".js", ".cjs", ".json", ".yml", ".yaml", "")),
    )
    for ending in endings
)
_FOUND: Final = 1
_ERROR: Final = 2


@frozen
class ESLint:
    """Lints the file as it comes, by the project's rules."""

    name: str = "eslint"
    kind: Kind = Kind.LINT
    languages: frozenset[str] = frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact"})
    executes: bool = True
    standalone: bool = False

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Lint the file."""
        if not subject.project.trusted:
            return untrusted(self.name)
        return await ask_in_copy(self.name, self, subject, seconds, OVERLAY)

    def find(self, subject: Subject) -> Path | Report:
        """Find ESLint, for a project that is set up for it."""
        if not _is_configured(subject.project.root, subject.path):
            return Report(self.name, Status.MISSING, note="The project has no configuration for ESLint.")
        tool = find_tool("eslint", subject.project)
        return missing(self.name, subject.project, install="`npm install eslint`") if tool is None else tool

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it in the copy, and in the sandbox, which sees what the project has installed."""
        options = ("--format=json", "--no-color", "--stdin", f"--stdin-filename={subject.path}")
        environment = environment_of(subject.project)
        text = subject.text.encode("utf-8", "replace")
        started = Command((*_program(tool, subject.project), *options), copy.files, text, environment)
        installed = [folder / "node_modules" for folder in folders_above(subject.project.root, subject.path)]
        return confine(started, writable=copy.place, readable=(*installed, *copy.linked, *_modules(tool)))

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its JSON."""
        if finished.status not in (0, _FOUND):
            raise Unreadable
        places = Places(subject, copy.files, PositionEncoding.UTF16, "eslint")
        (result,) = json.loads(finished.stdout)
        return [_finding(entry, places) for entry in result["messages"]]


def _is_configured(root: Path, path: str) -> bool:
    if nearest(root, path, _FILES) is not None:
        return True
    return any("eslintConfig" in read_json(folder / "package.json") for folder in folders_above(root, path))


def _program(tool: Path, project: Project) -> tuple[str, ...]:
    """The interpreter and the program: the sandbox makes the installation of what is started visible, Node's here."""
    real = Path(os.path.realpath(tool))
    node = find_tool("node", project)
    return (str(tool),) if node is None or real.suffix not in (".js", ".cjs", ".mjs") else (str(node), str(real))


def _modules(tool: Path) -> list[Path]:
    """The folders of modules that the program lies in: what it depends on is beside it."""
    return [folder for folder in Path(os.path.realpath(tool)).parents if folder.name == "node_modules"]


def _finding(entry: Mapping[str, Any], places: Places) -> Finding:
    start = (entry.get("line", 1) - 1, entry.get("column", 1) - 1)
    end = (entry["endLine"] - 1, entry["endColumn"] - 1) if entry.get("endLine") else None
    severity = Severity.ERROR if entry["severity"] == _ERROR else Severity.WARNING
    return places.finding("", start, end, entry["message"], severity=severity, code=entry["ruleId"] or "")
