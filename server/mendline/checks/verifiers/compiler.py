"""C and C++ by the compiler, up to the meaning of the code: no code is made, and no plugin is loaded.

A file that stands alone comes on standard input; with other unsaved ones it is compiled in a copy of the project.
"""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask, ask_in_copy, lines_of, missing
from mendline.checks.check import Kind, Report, Subject
from mendline.checks.finding import Finding, Severity
from mendline.checks.overlay import UNTOUCHED, Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.tool import environment_of, find_tool
from mendline.checks.verifiers.compile_commands import flags_of
from mendline.text.positions import PositionEncoding

_TOOLS: Final = {"c": ("gcc", "clang"), "cpp": ("g++", "clang++")}
_NAMES: Final = {"c": "c", "cpp": "c++"}
_FOLDERS: Final = ("include", "src", "")
"""Where headers are looked for in a project that doesn't say; the last is its root."""

_LINE: Final = re.compile(
    r"(?P<file>[^:\n]+):(?P<line>\d+):(?:(?P<column>\d+):)? (?P<kind>fatal error|error|warning): (?P<text>.*?)"
    r"(?: \[(?P<code>-W[^\]]+)\])?"
)
_FAILED: Final = 1
_ABOUT_HEADERS: Final = "#pragma once in main file"
"""What compilers say of any header that is compiled by itself."""


@frozen
class Compiler:
    """Compiles the file without making anything."""

    name: str = "compiler"
    kind: Kind = Kind.TYPES
    languages: frozenset[str] = frozenset(_TOOLS)
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Compile the file."""
        if len(subject.texts) > 1:
            return await ask_in_copy(self.name, self, subject, seconds, UNTOUCHED)
        read = partial(read_messages, subject=subject, folder=subject.project.root)
        return await ask(self.name, lambda: self._from_input(subject), seconds, read)

    def find(self, subject: Subject) -> Path | Report:
        """Find a compiler, the system's usual one first."""
        names = _TOOLS[subject.language]
        for name in names[::-1] if sys.platform == "darwin" else names:
            tool = find_tool(name, subject.project)
            if tool is not None:
                return tool
        return missing(names[0], subject.project, install=f"{' or '.join(names)} from your system's packages")

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it on the file in the copy."""
        argv = (*_argv(tool, subject, copy.files), str(copy.files / subject.path))
        return Command(argv, copy.files, environment=environment_of(subject.project))

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its lines."""
        return read_messages(finished, subject, copy.files)

    def _from_input(self, subject: Subject) -> Command | Report:
        tool, root = self.find(subject), subject.project.root
        if isinstance(tool, Report):
            return tool
        argv = (*_argv(tool, subject, root), "-")
        return Command(argv, root, subject.text.encode("utf-8", "replace"), environment_of(subject.project))


def _argv(tool: Path, subject: Subject, files: Path) -> tuple[str, ...]:
    """The compiler and its options, without the file.

    Args:
        tool: the compiler.
        subject: what is checked.
        files: what stands for the project's root.
    """
    # Clang counts bytes and knows no such option; gcc counts what a screen shows otherwise.
    columns = () if "clang" in tool.name else ("-fdiagnostics-column-unit=byte",)
    own = files / PurePosixPath(subject.path).parent
    return (
        str(tool), "-fsyntax-only", "-fdiagnostics-color=never", *columns, "-Wall", "-Wextra", "-Wno-unused-parameter",
        "-iquote", str(own), *_flags(subject, files), "-x", _NAMES[subject.language],
    )  # fmt: skip


def _flags(subject: Subject, files: Path) -> list[str]:
    root = subject.project.root
    flags = flags_of(root, subject.path)
    if flags is None:
        return [part for folder in _FOLDERS if (files / folder).is_dir() for part in ("-I", str(files / folder))]
    if files == root:
        return flags
    # What is made by building isn't in the copy, so the real folders stay behind those of the copy.
    both = []
    for at, flag in enumerate(flags):
        path = Path(flag)
        if at and path.is_absolute() and path.is_relative_to(root) and (files / path.relative_to(root)).exists():
            both += [str(files / path.relative_to(root)), flags[at - 1]]
        both.append(flag)
    return both


def read_messages(finished: Finished, subject: Subject, folder: Path) -> list[Finding]:
    """Read what gcc or clang says.

    Args:
        finished: what came of it.
        subject: what was checked.
        folder: what stood for the project's root.

    Raises:
        Unreadable: it failed without a word on the code.
    """
    places = Places(subject, folder, PositionEncoding.UTF8, "compiler")
    lines = lines_of(finished.stderr)
    said = [match for line in lines if (match := _LINE.fullmatch(line)) is not None]
    findings = [_finding(match, places) for match in said if not match["text"].startswith(_ABOUT_HEADERS)]
    if finished.status not in (0, _FAILED) or (finished.status == _FAILED and not findings):
        raise Unreadable
    return findings


def _finding(match: re.Match[str], places: Places) -> Finding:
    named = "" if match["file"] in ("<stdin>", "<built-in>", "<command line>") else match["file"]
    start = (int(match["line"]) - 1, int(match["column"] or 1) - 1)
    severity = Severity.WARNING if match["kind"] == "warning" else Severity.ERROR
    return places.finding(named, start, None, match["text"], severity=severity, code=match["code"] or "")
