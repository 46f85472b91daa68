"""Python's own compiler, in a process of its own: it finds what parsers forgive, and hostile nesting may crash it.

Compiling executes nothing. The interpreter is the one that Mendline runs in, started isolated (`-I -S`), so that no
module of the project is imported.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask
from mendline.checks.check import Kind, Report, Subject
from mendline.checks.finding import Finding, Severity
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.text.positions import PositionEncoding

_PROGRAM: Final = """\
import json, sys, warnings
source = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
said = []
def tell(error, severity):
    place = [error.lineno, error.offset, error.end_lineno, error.end_offset]
    said.append([type(error).__name__, str(error.msg), severity, *place])
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    try:
        compile(source, sys.argv[1], "exec", dont_inherit=True)
    except SyntaxError as error:
        tell(error, 1)
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        said.append([type(error).__name__, str(error) or "the code is nested too deeply", 1, 1, 1, None, None])
for each in warned:
    said.append([each.category.__name__, str(each.message), 2, each.lineno, 1, None, None])
json.dump(said, sys.stdout)
"""


@frozen
class PythonCompile:
    """Compiles the file to byte code that is thrown away."""

    name: str = "compile"
    kind: Kind = Kind.SYNTAX
    languages: frozenset[str] = frozenset({"python"})
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Compile the file."""
        root = subject.project.root
        places = Places(subject, root, PositionEncoding.UTF32, "Python")
        argv = (sys.executable, "-I", "-S", "-c", _PROGRAM, subject.path)
        text = subject.text.encode("utf-8", "surrogatepass")
        return await ask(self.name, lambda: Command(argv, root, text), seconds, lambda said: _read(said, places))


def _read(finished: Finished, places: Places) -> list[Finding]:
    if finished.status != 0:
        raise Unreadable
    return [_finding(entry, places) for entry in json.loads(finished.stdout)]


def _finding(entry: list[Any], places: Places) -> Finding:
    code, message, severity, line, offset, end_line, end_offset = entry
    # Some errors have no place, some an offset of 0 or below that stands for the whole line.
    start = ((line or 1) - 1, max((offset or 1) - 1, 0))
    end = (end_line - 1, end_offset - 1) if end_line and end_offset and end_offset > 0 else None
    return places.finding("", start, end, message, severity=Severity(severity), code=code)
