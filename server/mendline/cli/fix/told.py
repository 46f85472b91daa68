"""Findings that another tool has written down: SARIF, or diagnostics as LSP has them in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from mendline.checks.check import Project, Subject
from mendline.checks.finding import Finding, Point, Severity
from mendline.checks.sarif import read_sarif
from mendline.settings.errors import MendlineError
from mendline.text.document import Document
from mendline.text.positions import PositionEncoding

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
        if _is_sarif(value):
            return tuple(_sarif(value, path, subject, document))
        return tuple(Finding(path, *each) for each in _lsp(value, subject, document))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise ToldError(f"{file} can't be understood: {_EXPECTED}") from None


_Entry = tuple[Point, Point, str, Severity, str, str]


def _is_sarif(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("runs"), list)


def _sarif(value: Mapping[str, Any], path: str, subject: Path, document: Document) -> list[Finding]:
    """What a log says of this file, wherever its tool was started."""
    runs = [{**run, "results": list(_results(run, path, subject))} for run in value["runs"]]
    asked = Subject(Project(subject.parent), path, "", {path: document.text})
    return read_sarif({"runs": runs}, asked, subject.parent, "")


def _results(run: Mapping[str, Any], path: str, subject: Path) -> Iterator[Mapping[str, Any]]:
    for result in run.get("results") or ():
        for location in (result.get("locations") or ())[:1]:
            physical = location.get("physicalLocation") or {}
            artifact = physical.get("artifactLocation") or {}
            if _is_meant(artifact.get("uri"), subject):
                yield {**result, "locations": [{"physicalLocation": {**physical, "artifactLocation": {"uri": path}}}]}


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
            places = _points(document, start, end)
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


def _points(document: Document, start: tuple[int, int], end: tuple[int, int]) -> tuple[Point, Point]:
    first, last = (_point(document, line, column) for line, column in (start, end))
    return first, max(first, last)


def _point(document: Document, line: int, column: int) -> Point:
    offset = document.offset_at(line, column, PositionEncoding.UTF16)
    found = document.line_at(offset)
    return Point(found, offset - document.line_start(found))
