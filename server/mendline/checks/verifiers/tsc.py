"""TypeScript's compiler, types only.

It executes nothing: plugins of a `tsconfig.json` are for editors, the compiler loads none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask_in_copy, lines_of, missing
from mendline.checks.check import Kind, Report, Subject
from mendline.checks.configuration import nearest, read_json
from mendline.checks.finding import Finding, Severity
from mendline.checks.overlay import UNTOUCHED, Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.tool import environment_of, find_tool
from mendline.text.positions import PositionEncoding

_JAVASCRIPT: Final = frozenset({"javascript", "javascriptreact"})
_LONE: Final = (
    "--target", "esnext", "--module", "esnext", "--moduleResolution", "bundler", "--jsx", "preserve", "--allowJs",
    "--strict", "--skipLibCheck",
)  # fmt: skip
"""What editors assume of a file without a project, but strict."""

_BARE: Final = re.compile(r"(?P<kind>error|warning) (?P<code>TS\d+): (?P<text>.*)")
_PLACED: Final = re.compile(rf"(?P<file>.+?)\((?P<line>\d+),(?P<column>\d+)\): {_BARE.pattern}")
_REFUSED: Final = (1, 2)
"""Exit statuses with findings."""


@frozen
class Tsc:
    """Checks the types of the program that a file belongs to."""

    name: str = "tsc"
    kind: Kind = Kind.TYPES
    languages: frozenset[str] = frozenset({"typescript", "typescriptreact", *_JAVASCRIPT})
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Check the types."""
        return await ask_in_copy(self.name, self, subject, seconds, UNTOUCHED)

    def find(self, subject: Subject) -> Path | Report:
        """Find the compiler."""
        tool = find_tool("tsc", subject.project)
        return missing(self.name, subject.project, install="`npm install typescript`") if tool is None else tool

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it in the copy, on the project that the file is part of, or on the file alone."""
        project = _project(copy.files, subject)
        lone = (*_LONE, str(copy.files / subject.path))
        what = lone if project is None else ("--project", str(project), "--listFiles")
        argv = (str(tool), "--noEmit", "--pretty", "false", *what)
        return Command(argv, copy.files, environment=environment_of(subject.project))

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its lines: one for each finding, more of a message indented below it, and the files it looked at."""
        places = Places(subject, copy.files, PositionEncoding.UTF16, "tsc")
        findings: list[Finding] = []
        listed: set[str | None] = set()
        for head, more in _entries(lines_of(finished.stdout)):
            placed = _PLACED.fullmatch(head) or _BARE.fullmatch(head)
            if placed is None:
                listed.add(places.path(head) if os.path.isabs(head) else None)
                continue
            findings.append(_finding(placed, more, places))
        if finished.status not in (0, *_REFUSED) or (finished.status != 0 and not findings):
            raise Unreadable
        if _project(copy.files, subject) is not None and subject.path not in listed:
            raise Unreadable(f"the project's configuration doesn't include {subject.path}")
        return findings


def _project(files: Path, subject: Subject) -> Path | None:
    """The configuration of the program that a file is in.

    One that only refers to others stands for the first of them whose folder the file is in, tests left aside.
    """
    names = ("tsconfig.json", "jsconfig.json") if subject.language in _JAVASCRIPT else ("tsconfig.json",)
    found = nearest(files, subject.path, names)
    if found is None:
        return None
    content = read_json(found)
    references = content.get("references")
    if content.get("files") != [] or "include" in content or not isinstance(references, list):
        return found
    return next(_referred(found.parent, references, files / subject.path), found)


def _referred(folder: Path, references: Iterable[object], file: Path) -> Iterator[Path]:
    for each in references:
        path = each.get("path") if isinstance(each, dict) else None
        if not isinstance(path, str):
            continue
        target = Path(os.path.normpath(folder / path))
        config = target if target.suffix == ".json" else target / "tsconfig.json"
        if file.is_relative_to(config.parent) and config.is_file() and _may_hold(config, file):
            yield config


def _may_hold(config: Path, file: Path) -> bool:
    """Whether a program takes in a file, as far as the folders that its configuration names tell."""
    include = read_json(config).get("include")
    if not isinstance(include, list):
        return True
    fixed = (re.split(r"[*?]", each)[0] for each in include if isinstance(each, str))
    return any(file.as_posix().startswith(os.path.normpath(config.parent / each)) for each in fixed)


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Lines with those indented below them."""
    head, more = "", list[str]()
    for line in lines:
        if line.startswith(" "):
            more.append(line.strip())
            continue
        if head:
            yield head, more
        head, more = line, []
    if head:
        yield head, more


def _finding(placed: re.Match[str], more: list[str], places: Places) -> Finding:
    said = placed.groupdict()
    start = (int(said.get("line") or 1) - 1, int(said.get("column") or 1) - 1)
    severity = Severity.ERROR if said["kind"] == "error" else Severity.WARNING
    message = "\n".join((said["text"], *more))
    return places.finding(said.get("file") or "", start, None, message, severity=severity, code=said["code"])
