"""JavaScript by Node's own parser: it finds what grammars forgive, as a second `let` or `await` out of place.

`node --check` parses and executes nothing; the file comes on standard input, so no other is read.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask, lines_of, missing
from mendline.checks.check import Kind, Report, Subject
from mendline.checks.configuration import nearest, read_json
from mendline.checks.finding import Finding
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.tool import environment_of, find_tool
from mendline.text.positions import PositionEncoding

_PLACE: Final = re.compile(r"\[stdin\]:(\d+)")
_CARET: Final = re.compile(r"(\s*)\^+\s*")
_ERROR: Final = re.compile(r"SyntaxError: (.+)")
_MODULE: Final = re.compile(r"^[ \t]*(?:import\b(?![ \t]*[(.])|export\b)", re.MULTILINE)
_ENDINGS: Final = {".mjs": "module", ".cjs": "commonjs"}
_MARKUP: Final = "Unexpected token '<'"
_REFUSED: Final = 1


@frozen
class NodeCheck:
    """Parses the file, as a module or as a script."""

    name: str = "node --check"
    kind: Kind = Kind.LINT
    languages: frozenset[str] = frozenset({"javascript"})
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Parse the file."""
        places = Places(subject, subject.project.root, PositionEncoding.UTF16, "Node")
        return await ask(self.name, lambda: _command(subject), seconds, lambda said: _read(said, places))


def _command(subject: Subject) -> Command | Report:
    project = subject.project
    tool = find_tool("node", project)
    if tool is None:
        return missing("node --check", project, install="Node.js from nodejs.org", tool="node")
    argv = (str(tool), "--no-warnings", "--check", f"--input-type={_type(project.root, subject)}", "-")
    return Command(argv, project.root, subject.text.encode("utf-8", "replace"), environment_of(project))


def _type(root: Path, subject: Subject) -> str:
    """Whether the file is a module: its name says so, its package, or what it does. Bundlers take it by the last."""
    told = _ENDINGS.get(PurePosixPath(subject.path).suffix)
    if told is not None:
        return told
    package = nearest(root, subject.path, ("package.json",))
    if package is not None and read_json(package).get("type") == "module":
        return "module"
    return "module" if _MODULE.search(subject.text) else "commonjs"


def _read(finished: Finished, places: Places) -> list[Finding]:
    if finished.status == 0:
        return []
    lines = lines_of(finished.stderr)
    place = next((match for line in lines if (match := _PLACE.fullmatch(line)) is not None), None)
    error = next((match for line in lines if (match := _ERROR.fullmatch(line)) is not None), None)
    if finished.status != _REFUSED or place is None or error is None:
        raise Unreadable
    if error[1] == _MARKUP:
        raise Unreadable("the file holds JSX, which Node doesn't know")
    caret = next((match for line in lines if (match := _CARET.fullmatch(line)) is not None), None)
    line, column = int(place[1]) - 1, len(caret[1]) if caret is not None else 0
    return [places.finding("", (line, column), None, error[1], code="SyntaxError")]
