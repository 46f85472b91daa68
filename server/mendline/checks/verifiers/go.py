"""Go by its own tools: `go build` for types, `go vet` for what is suspicious.

They execute no code of a module that they only look at. cgo, which starts a C compiler with options from the code, is
off, and so is the network.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask_in_copy, lines_of, missing
from mendline.checks.check import Kind, Report, Subject
from mendline.checks.configuration import nearest
from mendline.checks.finding import Finding, Severity
from mendline.checks.overlay import UNTOUCHED, Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.scratch import lasting_folder
from mendline.checks.tool import environment_of, find_tool
from mendline.text.positions import PositionEncoding

_PLACE: Final = re.compile(r"(?P<file>[^:\n]+\.go):(?P<line>\d+)(?::(?P<column>\d+))?")
_ERROR: Final = re.compile(rf"{_PLACE.pattern}: (?P<text>.+)")
_UNCOMPILED: Final = re.compile(r"^vet: ", re.MULTILINE)


@frozen
class GoBuild:
    """Compiles the package that a file is in, and its tests if the file is one of them; nothing is run."""

    name: str = "go build"
    kind: Kind = Kind.TYPES
    languages: frozenset[str] = frozenset({"go"})
    executes: bool = False
    standalone: bool = False

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Compile the package."""
        return await ask_in_copy(self.name, self, subject, seconds, UNTOUCHED)

    def find(self, subject: Subject) -> Path | Report:
        """Find Go."""
        return _find(self.name, subject)

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it, with all errors told and not only the first ten."""
        how = ("test", "-c", "-vet=off") if subject.path.endswith("_test.go") else ("build",)
        made = str(copy.caches / "built")
        return _command((str(tool), *how, "-gcflags=-e", "-o", made, _package(subject, copy)), subject, copy)

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its lines."""
        places, folder = _places(subject, copy, self.name), _folder(subject, copy)
        found = []
        for line in lines_of(finished.stderr):
            match = _ERROR.fullmatch(line)
            if match is not None:
                found.append(_finding(match, match["text"], folder, places))
        if finished.status != 0 and not found:
            raise Unreadable
        return found


@frozen
class GoVet:
    """Vets the package that a file is in."""

    name: str = "go vet"
    kind: Kind = Kind.LINT
    languages: frozenset[str] = frozenset({"go"})
    executes: bool = False
    standalone: bool = False

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Vet the package."""
        return await ask_in_copy(self.name, self, subject, seconds, UNTOUCHED)

    def find(self, subject: Subject) -> Path | Report:
        """Find Go."""
        return _find(self.name, subject)

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it."""
        return _command((str(tool), "vet", "-json", _package(subject, copy)), subject, copy)

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its JSON, which came on the standard error up to Go 1.23."""
        places, folder = _places(subject, copy, self.name), _folder(subject, copy)
        said = (finished.stdout + b"\n" + finished.stderr).decode("utf-8", "replace")
        if _UNCOMPILED.search(said):
            raise Unreadable("the code doesn't compile")
        if finished.status != 0:
            raise Unreadable
        return [
            _finding(match, text, folder, places, analyser)
            for analyser, posn, text in _suspicions(said)
            if (match := _PLACE.fullmatch(posn)) is not None
        ]


def _find(name: str, subject: Subject) -> Path | Report:
    tool = find_tool("go", subject.project)
    return missing(name, subject.project, install="Go from go.dev", tool="go") if tool is None else tool


def _command(argv: tuple[str, ...], subject: Subject, copy: Copy) -> Command:
    environment = environment_of(
        subject.project,
        GOCACHE=str(_cache()), GOPROXY="off", GOTOOLCHAIN="local", GOFLAGS="", GOTELEMETRY="off",
        GOENV="off", CGO_ENABLED="0",
    )  # fmt: skip
    return Command(argv, _folder(subject, copy), environment=environment)


def _cache() -> Path:
    """Where Go keeps what it has compiled: a folder for all projects, or the standard library is compiled for each."""
    folder = lasting_folder() / "go"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _package(subject: Subject, copy: Copy) -> str:
    """What is looked at: the package in the folder, or outside of a module the file alone."""
    in_module = nearest(copy.files, subject.path, ("go.mod",)) is not None
    return "." if in_module else f"./{PurePosixPath(subject.path).name}"


def _folder(subject: Subject, copy: Copy) -> Path:
    return copy.files / PurePosixPath(subject.path).parent


def _places(subject: Subject, copy: Copy, source: str) -> Places:
    return Places(subject, copy.files, PositionEncoding.UTF8, source)


def _suspicions(said: str) -> Iterator[tuple[str, str, str]]:
    """Analyser, place and text of each diagnostic: objects of packages, one after the other, with comments between."""
    decoder = json.JSONDecoder()
    at = 0
    while (at := said.find("{\n", at)) >= 0:
        packages, at = decoder.raw_decode(said, at)
        for analyses in packages.values():
            for analyser, diagnostics in analyses.items():
                # An analyser that failed has an error in the place of its diagnostics.
                for each in diagnostics if isinstance(diagnostics, list) else ():
                    yield analyser, each["posn"], each["message"]


def _finding(match: re.Match[str], text: str, folder: Path, places: Places, analyser: str = "") -> Finding:
    start = (int(match["line"]) - 1, int(match["column"] or 1) - 1)
    severity = Severity.WARNING if analyser else Severity.ERROR
    return places.finding(str(folder / match["file"]), start, None, text, severity=severity, code=analyser)
