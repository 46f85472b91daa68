"""What a check says about code, in one form whichever tool said it."""

from __future__ import annotations

import enum

from attrs import frozen


class Severity(enum.IntEnum):
    """How bad a finding is; lower is worse. The numbers are LSP's (`DiagnosticSeverity`)."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


@frozen(order=True)
class Point:
    """A place in a text.

    Attributes:
        line: from 0; lines end as in `text.document`.
        column: from 0, in code points.
    """

    line: int
    column: int


@frozen
class Finding:
    """One problem in one file.

    Attributes:
        path: the file, relative to the project's root, with forward slashes.
        start, end: the range it is about; `end` equals `start` where the tool tells no end.
        message: what is wrong, in the tool's words.
        severity: how bad it is.
        source: who says so, as editors show it: "ruff", "Pyright", "tsc".
        code: the tool's name for this kind of problem, such as "F821"; empty where it has none.
    """

    path: str
    start: Point
    end: Point
    message: str
    severity: Severity = Severity.ERROR
    source: str = ""
    code: str = ""
