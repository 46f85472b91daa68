"""Java by its compiler. Annotation processors, which are code of the project, are switched off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import define, field, frozen

from mendline.checks.asking import Unreadable, ask_in_copy, lines_of, missing
from mendline.checks.check import Kind, Report, Subject
from mendline.checks.finding import Finding, Severity
from mendline.checks.overlay import UNTOUCHED, Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.tool import environment_of, find_tool
from mendline.text.positions import PositionEncoding

_PACKAGE: Final = re.compile(r"^[ \t]*package[ \t]+([\w.]+)[ \t]*;", re.MULTILINE)
_BARE: Final = re.compile(r"(?P<kind>error|warning): (?:\[(?P<code>[\w-]+)\] )?(?P<text>.*)")
_HEAD: Final = re.compile(rf"(?P<file>.+?\.java):(?P<line>\d+): {_BARE.pattern}")
_CARET: Final = re.compile(r"(\s*)\^\s*")
_COUNT: Final = re.compile(r"(?:only showing the first )?\d+ (?:errors?|warnings?).*")
_ARCHIVES: Final = ("lib", "libs", "target/dependency", "build/libs")
_SOURCES: Final = ("src/main/java", "src/test/java", "src")
_REFUSED: Final = 1


@frozen
class Javac:
    """Compiles the file with all of the project's sources that it uses; what is made is thrown away."""

    name: str = "javac"
    kind: Kind = Kind.TYPES
    languages: frozenset[str] = frozenset({"java"})
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Compile the file."""
        return await ask_in_copy(self.name, self, subject, seconds, UNTOUCHED)

    def find(self, subject: Subject) -> Path | Report:
        """Find the compiler."""
        project = subject.project
        tool = find_tool("javac", project)
        return missing(self.name, project, install="a JDK from your system's packages") if tool is None else tool

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it in the copy."""
        made = copy.cache("javac")
        root = subject.project.root
        archives = ":".join(f"{root / folder}/*" for folder in _ARCHIVES if (root / folder).is_dir())
        files = [str(copy.files / path) for path in subject.texts if path == subject.path or path.endswith(".java")]
        argv = (
            str(tool), "-Xlint:all", "-proc:none", "-implicit:none", "-d", str(made), "-encoding", "UTF-8",
            "-J-Duser.language=en", "-J-Dfile.encoding=UTF-8", "-J-Dstderr.encoding=UTF-8", "-J-Xmx1g",
            "-J-XX:TieredStopAtLevel=1",
            "-sourcepath", ":".join(map(str, _sources(subject, copy.files))), "-classpath", archives, *files,
        )  # fmt: skip
        return Command(argv, copy.files, environment=environment_of(subject.project))

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its messages."""
        places = Places(subject, copy.files, PositionEncoding.UTF16, "javac")
        lines = lines_of(finished.stderr)
        findings = [said.finding(places) for said in _said(lines)]
        if finished.status not in (0, _REFUSED) or (finished.status == _REFUSED and not findings):
            raise Unreadable
        return findings


def _sources(subject: Subject, files: Path) -> Iterator[Path]:
    """Where sources are: what is left of the file's folder without its package, then where tools have them."""
    package = _PACKAGE.search(subject.text)
    parts = tuple(package[1].split(".")) if package else ()
    folder = PurePosixPath(subject.path).parent
    if folder.parts[len(folder.parts) - len(parts) :] == parts:
        yield files.joinpath(*folder.parts[: len(folder.parts) - len(parts)])
    yield from (files / source for source in _SOURCES if (files / source).is_dir())


@define
class _Message:
    """A message: its first line, then lines that end in the source and a caret, then details."""

    head: re.Match[str]
    before: list[str] = field(factory=list)
    column: int = 0
    after: list[str] = field(factory=list)
    pointed: bool = False

    def take(self, line: str) -> None:
        """Add a line."""
        caret = _CARET.fullmatch(line)
        if caret is not None and self.before and not self.pointed:
            self.pointed = True
            self.column = len(caret[1])
            self.before.pop()
        else:
            (self.after if self.pointed else self.before).append(line.strip())

    def finding(self, places: Places) -> Finding:
        said = self.head.groupdict()
        start = (int(said.get("line") or 1) - 1, self.column)
        severity = Severity.ERROR if said["kind"] == "error" else Severity.WARNING
        message = "\n".join((said["text"], *self.before, *self.after))
        return places.finding(said.get("file") or "", start, None, message, severity=severity, code=said["code"] or "")


def _said(lines: Iterable[str]) -> Iterator[_Message]:
    message: _Message | None = None
    for line in lines:
        head = _HEAD.fullmatch(line) or _BARE.fullmatch(line)
        if head is not None:
            if message is not None:
                yield message
            message = _Message(head)
        elif message is not None and _COUNT.fullmatch(line) is None and not line.startswith("Note: "):
            message.take(line)
    if message is not None:
        yield message
