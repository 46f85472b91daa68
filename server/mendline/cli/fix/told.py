"""Findings that another tool has written down: SARIF, or diagnostics as LSP has them in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from mendline.checks.finding import Finding, Point, Severity
from mendline.settings.errors import MendlineError
from mendline.text.document import Document
from mendline.text.positions import PositionEncoding

_LEVELS: Final = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "note": Severity.INFORMATION,
    "none": Severity.HINT,
}
_END: Final = 1_000_000
"""Without an end a region goes to the end of its line (SARIF 2.1.0, 3.30.8); what lies behind is moved there."""
_EXPECTED: Final = "expected SARIF, or LSP diagnostics: a list of them, or {uri, diagnostics} objects"


class ToldError(MendlineError):
    """A file of diagnostics can't be read."""


def read_told(file: Path, path: str, subject: Path, document: Document) -> tuple[Finding, ...]:
    """Read what a file says of one source file.

    Args:
        file: SARIF or JSON, "-" for standard input.
        path: the source file's path in its project, which the findings get.
        subject: the source file.
        document: its text.

    Raises:
        ToldError: it can't be read, or is neither.
    """
    try:
        value = json.loads(file.read_bytes())
    except OSError as error:
        raise ToldError(f"cannot read {file}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise ToldError(f"{file} is no JSON") from None
    try:
        found = _sarif(value, subject, document) if _is_sarif(value) else _lsp(value, subject, document)
        return tuple(Finding(path, *each) for each in found)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise ToldError(f"{file} can't be understood: {_EXPECTED}") from None


_Entry = tuple[Point, Point, str, Severity, str, str]


def _is_sarif(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("runs"), list)


def _sarif(value: Mapping[str, Any], subject: Path, document: Document) -> Iterator[_Entry]:
    for run in value["runs"]:
        source = run.get("tool", {}).get("driver", {}).get("name", "")
        unit = PositionEncoding.UTF32 if run.get("columnKind") == "unicodeCodePoints" else PositionEncoding.UTF16
        for result in run.get("results", ()):
            for location in result.get("locations", ())[:1]:
                physical = location.get("physicalLocation", {})
                if not _is_meant(physical.get("artifactLocation", {}).get("uri"), subject):
                    continue
                region = physical.get("region", {})
                first = region.get("startLine", 1)
                start = first - 1, region.get("startColumn", 1) - 1
                end = region.get("endLine", first) - 1, region.get("endColumn", _END) - 1
                severity = _LEVELS.get(result.get("level", "warning"), Severity.WARNING)
                places = _points(document, start, end, unit)
                yield (*places, str(result["message"]["text"]), severity, source, str(result.get("ruleId") or ""))


def _lsp(value: Any, subject: Path, document: Document) -> Iterator[_Entry]:
    """A list of diagnostics is of this file; objects with a `uri` say of which they are."""
    if isinstance(value, list) and any("diagnostics" in each for each in value):
        groups = value
    else:
        groups = [value if isinstance(value, Mapping) else {"diagnostics": value}]
    for group in groups:
        if group.get("uri") is not None and not _is_meant(group["uri"], subject):
            continue
        for each in group["diagnostics"] if "diagnostics" in group else group["items"]:
            start, end = ((each["range"][side]["line"], each["range"][side]["character"]) for side in ("start", "end"))
            places = _points(document, start, end, PositionEncoding.UTF16)
            code = each.get("code")
            severity = Severity(each.get("severity") or Severity.ERROR)
            yield (*places, str(each["message"]), severity, str(each.get("source") or ""), str(code or ""))


def _is_meant(uri: Any, subject: Path) -> bool:
    """Whether a location is in the source file; tools write paths from wherever they were started."""
    if not isinstance(uri, str):
        return uri is None
    named = Path(unquote(urlsplit(uri).path) if "://" in uri else unquote(uri))
    if named.is_absolute():
        return named.resolve() == subject.resolve()
    return subject.resolve().parts[-len(named.parts) :] == named.parts


def _points(
    document: Document, start: tuple[int, int], end: tuple[int, int], unit: PositionEncoding
) -> tuple[Point, Point]:
    first, last = (_point(document, line, column, unit) for line, column in (start, end))
    return first, max(first, last)


def _point(document: Document, line: int, column: int, unit: PositionEncoding) -> Point:
    offset = document.offset_at(line, column, unit)
    found = document.line_at(offset)
    return Point(found, offset - document.line_start(found))
