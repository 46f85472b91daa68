"""Checks of the user's own (`repair.commands`): any command, in the sandbox, that says SARIF or lines of a pattern.

A repository's `.mendline.toml` can define one, too; like all that executes code it runs in trusted workspaces only. The
pattern may be as hostile as the command, and a regular expression can take for ever: a bounded process applies it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask_in_copy, missing, untrusted
from mendline.checks.check import Kind, Project, Report, Subject
from mendline.checks.finding import Finding, Severity
from mendline.checks.overlay import OVERLAY, Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.sandbox import visible
from mendline.checks.sandbox.commands import confine
from mendline.checks.sarif import read_sarif
from mendline.checks.state import LINKED
from mendline.checks.tool import environment_of, find_tool
from mendline.settings.model import CheckCommand
from mendline.text.positions import PositionEncoding

_MOST_FIRST_LINE: Final = 1_000
_PATTERN_SECONDS: Final = 5.0
_PROGRAM: Final = """\
import json, re, sys
pattern, said = json.load(sys.stdin)
try:
    made = re.compile(pattern)
except (re.error, OverflowError, RecursionError) as error:
    sys.exit(str(error))
found = (made.search(line) for line in said.splitlines())
json.dump([match.groupdict() for match in found if match], sys.stdout)
"""
_SEVERITIES: Final = (
    (("err", "fatal", "crit"), Severity.ERROR),
    (("warn",), Severity.WARNING),
    (("info", "note"), Severity.INFORMATION),
    (("hint", "style", "help"), Severity.HINT),
)
"""By how a tool's word for it begins."""


@frozen
class UserCommand:
    """One command.

    Attributes:
        setting: what the user says of it.
    """

    setting: CheckCommand
    kind: Kind = Kind.BUILD
    executes: bool = True
    standalone: bool = False

    @property
    def name(self) -> str:
        """Return what the user calls it."""
        return self.setting.name

    @property
    def languages(self) -> frozenset[str]:
        """Return the languages it is for."""
        return frozenset(self.setting.languages)

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Run the command on a copy of the project."""
        if not subject.project.trusted:
            return untrusted(self.name)
        return await ask_in_copy(self.name, self, subject, seconds, OVERLAY)

    def program(self, project: Project) -> Path | None:
        """Return the program: found by its name, or by its path from the project's root."""
        name = self.setting.run[0] if self.setting.run else ""
        tool = project.root / name if "/" in name else find_tool(name, project)
        return tool if tool is not None and tool.is_file() else None

    def find(self, subject: Subject) -> Path | Report:
        """Find the program."""
        tool = self.program(subject.project)
        if tool is None:
            return missing(self.name, subject.project, install="correct `repair.commands`, or install it")
        return tool

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it in the copy, and in the sandbox."""
        root = subject.project.root
        inside = copy.files / tool.relative_to(root) if tool.is_relative_to(root) else tool
        path = f"./{subject.path}" if subject.path.startswith("-") else subject.path
        words = (word.replace("{file}", path).replace("{root}", str(copy.files)) for word in self.setting.run[1:])
        argv = (str(inside if inside.is_file() else tool), *words)
        started = Command(argv, copy.files, environment=environment_of(subject.project))
        installed = [root / name for name in sorted(LINKED) if (root / name).is_dir()]
        return confine(
            started, writable=copy.place, readable=(*installed, *copy.linked, *_interpreter(tool, subject.project))
        )

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read what it says: SARIF on its standard output, or lines on either."""
        if self.setting.output == "sarif":
            return read_sarif(json.loads(finished.stdout), subject, copy.files, self.name)
        if self.setting.output != "pattern" or not self.setting.pattern:
            raise Unreadable("`repair.commands` says not how to read it: a `pattern`, or `output` is `sarif`")
        places = Places(subject, copy.files, PositionEncoding.UTF32, self.name)
        said = (finished.stdout + b"\n" + finished.stderr).decode("utf-8", "replace")
        found = [_finding(groups, places) for groups in _matches(self.setting.pattern, said)]
        if finished.status != 0 and not found:
            raise Unreadable
        return found


def _interpreter(script: Path, project: Project) -> Iterator[Path]:
    """What a script's interpreter needs to see, by the script's first line: the sandbox shows a program's own only."""
    with script.open("rb") as file:
        first = file.readline(_MOST_FIRST_LINE)
    words = first[2:].decode("utf-8", "replace").split() if first.startswith(b"#!") else []
    if words and PurePosixPath(words[0]).name == "env":
        named = next((word for word in words[1:] if not word.startswith("-")), "")
        found = find_tool(named, project) if named else None
    else:
        found = Path(words[0]) if words else None
    if found is not None:
        yield from visible.of_program(found)


def _matches(pattern: str, said: str) -> list[Mapping[str, str | None]]:
    """The named groups of a pattern in each line that has it.

    Raises:
        Unreadable: the pattern is none, or takes too long.
    """
    argv = (sys.executable, "-I", "-S", "-c", _PROGRAM)
    try:
        ended = subprocess.run(
            argv, input=json.dumps([pattern, said]).encode(), capture_output=True, check=False, timeout=_PATTERN_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("its pattern takes too long; make it simpler") from None
    if ended.returncode != 0:
        why = ended.stderr.decode("utf-8", "replace").strip()
        raise Unreadable(f"its pattern can't be used ({why.splitlines()[-1] if why else 'no reason given'})")
    matches: list[Mapping[str, str | None]] = json.loads(ended.stdout)
    return matches


def _finding(groups: Mapping[str, Any], places: Places) -> Finding:
    if not {"line", "message"} <= groups.keys():
        raise Unreadable("its pattern needs groups named `line` and `message`")
    start = (int(groups["line"] or 1) - 1, int(groups.get("column") or 1) - 1)
    word = (groups.get("severity") or "").lower()
    severity = next((each for begins, each in _SEVERITIES if word.startswith(begins)), Severity.ERROR)
    message = groups["message"] or ""
    return places.finding(
        groups.get("file") or "", start, None, message, severity=severity, code=groups.get("code") or ""
    )
