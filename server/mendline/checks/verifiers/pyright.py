"""Python's type checker Pyright. Its configuration names folders and rules; it executes none of the project's code."""

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
from mendline.checks.verifiers import ty
from mendline.text.positions import PositionEncoding

FILES: Final = ("pyrightconfig.json",)
SECTION: Final = "pyright"

_FOUND: Final = 1
_ENVIRONMENTS: Final = (".venv", "venv")
_SEVERITIES: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "information": Severity.INFORMATION}


@frozen
class Pyright:
    """Checks the types of the files that are unsaved or changed, with all that they import."""

    name: str = "pyright"
    kind: Kind = Kind.TYPES
    languages: frozenset[str] = frozenset({"python"})
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Check the types."""
        return await ask_in_copy(self.name, self, subject, seconds, UNTOUCHED)

    def find(self, subject: Subject) -> Path | Report:
        """Find Pyright; a project that is set up for ty alone gets ty alone."""
        root = subject.project.root
        tool = find_tool("pyright", subject.project)
        if tool is None:
            return missing(self.name, subject.project, install="`pip install pyright` or `npm install pyright`")
        own = is_configured(root, subject.path, FILES, SECTION)
        if not own and is_configured(root, subject.path, ty.FILES, ty.SECTION):
            return Report(self.name, Status.MISSING, note="The project uses ty for its types, not Pyright.")
        return tool

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it in the copy, or beside it with a configuration that finds the project's environment."""
        project = subject.project
        files = (str(copy.files / path) for path in _paths(subject))
        environ = environment_of(project, npm_config_offline="true", PYRIGHT_PYTHON_IGNORE_WARNINGS="1")
        configured = configured_folder(copy.files, subject.path, FILES, SECTION)
        if configured is None:
            folder = _write_configuration(subject, copy)
            return Command((str(tool), "--outputjson", *files), folder, environment=environ)
        environment = _environment(project.root)
        # Asking the interpreter where its packages are starts it, and it is the project's.
        own = ("--pythonpath", str(project.root / environment / "bin/python"))
        which = own if environment and project.trusted else ()
        return Command((str(tool), "--outputjson", *which, *files), configured, environment=environ)

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its JSON."""
        if finished.status not in (0, _FOUND):
            raise Unreadable
        said = json.loads(finished.stdout)
        if not said["summary"]["filesAnalyzed"]:
            raise Unreadable("it looked at no file")
        places = Places(subject, copy.files, PositionEncoding.UTF16, "Pyright")
        return [_finding(entry, places) for entry in said["generalDiagnostics"]]


def _environment(root: Path) -> str:
    """The folder of the project's virtual environment; empty where it has none."""
    return next((name for name in _ENVIRONMENTS if (root / name / "pyvenv.cfg").is_file()), "")


def _paths(subject: Subject) -> list[str]:
    return [path for path in subject.texts if path == subject.path or path.endswith((".py", ".pyi"))]


def _write_configuration(subject: Subject, copy: Copy) -> Path:
    """Write a configuration outside of the copy, which is left as it is; returns its folder."""
    root = subject.project.root
    here = {"root": str(copy.files), "extraPaths": [str(copy.files / "src")]}
    wanted: dict[str, object] = {"executionEnvironments": [here]}
    environment = _environment(root)
    if environment:
        wanted |= {"venvPath": str(root), "venv": environment}
    folder = copy.cache("pyright")
    (folder / FILES[0]).write_text(json.dumps(wanted), encoding="utf-8")
    return folder


def _finding(entry: Mapping[str, Any], places: Places) -> Finding:
    place = entry.get("range")
    start, end = (_place(place[side]) for side in ("start", "end")) if place else ((0, 0), None)
    severity = _SEVERITIES.get(entry["severity"], Severity.HINT)
    # It indents the details of a message with spaces that don't break.
    message = entry["message"].replace("\xa0", " ")
    return places.finding(entry["file"], start, end, message, severity=severity, code=entry.get("rule", ""))


def _place(position: Mapping[str, int]) -> tuple[int, int]:
    return position["line"], position["character"]
