"""From where a tool says that something is, in its own units and paths, to findings."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import Final

from attrs import define, field

from mendline.checks.check import Subject
from mendline.checks.finding import Finding, Point, Severity
from mendline.text.document import Document
from mendline.text.positions import PositionEncoding
from mendline.workspace.reading import decoded, read_bytes

_MOST_BYTES: Final = 4 * 2**20
_MOST_MESSAGE: Final = 2_000


@define
class Places:
    """The files of one subject as a tool saw them.

    Attributes:
        subject: what was checked.
        folder: what stood for the project's root: the root, or a copy of it.
        unit: what the tool counts columns in.
        source: how the tool is named in findings.
    """

    subject: Subject
    folder: Path
    unit: PositionEncoding
    source: str
    _documents: dict[str, Document | None] = field(factory=dict, init=False, repr=False)

    def path(self, named: str) -> str | None:
        """A file that a tool names, from the root with forward slashes; None for one outside of it."""
        if not os.path.isabs(named):
            path = posixpath.normpath(named.replace(os.sep, "/"))
            return None if path.startswith("../") or path in ("..", ".") else path
        for root in (self.folder, Path(os.path.realpath(self.folder)), self.subject.project.root):
            if Path(named).is_relative_to(root):
                return Path(os.path.normpath(named)).relative_to(root).as_posix()
        return None

    def point(self, path: str, line: int, column: int) -> Point:
        """A place that a tool gives, both numbers from 0; what lies outside of the text is moved to its nearest end."""
        document = self._document(path)
        if document is None:
            return Point(max(line, 0), max(column, 0))
        offset = document.offset_at(line, column, self.unit)
        found = document.line_at(offset)
        return Point(found, offset - document.line_start(found))

    def finding(
        self,
        named: str,
        start: tuple[int, int],
        end: tuple[int, int] | None,
        message: str,
        *,
        severity: Severity = Severity.ERROR,
        code: str = "",
    ) -> Finding:
        """Make a finding of what a tool says.

        What lies outside of the project, as in a header of the system, is told at the beginning of the file that was
        checked, so that no error is lost.

        Args:
            named: the file, as the tool names it; empty for the one that was checked.
            start: line and column, from 0, in the tool's unit.
            end: the same; None where the tool tells no end.
            message: what is wrong.
            severity: how bad it is.
            code: the tool's name for it.
        """
        path = self.path(named) if named else self.subject.path
        message = message.strip()[:_MOST_MESSAGE]
        if path is None:
            origin = Point(0, 0)
            return Finding(self.subject.path, origin, origin, f"{named}: {message}", severity, self.source, code)
        first = self.point(path, *start)
        last = max(first, first if end is None else self.point(path, *end))
        return Finding(path, first, last, message, severity, self.source, code)

    def _document(self, path: str) -> Document | None:
        if path not in self._documents:
            text = self.subject.texts.get(path)
            if text is None:
                content = read_bytes(self.subject.project.root / path, _MOST_BYTES)
                text = None if content is None else decoded(content)
            self._documents[path] = None if text is None else Document.of(text)
        return self._documents[path]


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of the text, file by file, those said twice once."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda each: (each.path, each.start, each.end)))
