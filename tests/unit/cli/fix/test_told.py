"""Findings that another tool has written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mendline.checks.finding import Finding, Point, Severity
from mendline.cli.fix.told import ToldError, read_told
from mendline.text.document import Document

_TEXT = "first = '🎉' + wrong\nsecond = 2\n"


def read(tmp_path: Path, value: Any) -> tuple[Finding, ...]:
    file, subject = tmp_path / "told.json", tmp_path / "src" / "a.py"
    file.write_text(json.dumps(value))
    return read_told(file, "src/a.py", subject, Document.of(_TEXT))


def lsp(line: int = 0, start: int = 15, end: int = 20, **more: Any) -> dict[str, Any]:
    place = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    return {"range": place, "message": "undefined", **more}


def result(uri: str = "src/a.py", **region: int) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": uri}, "region": region}
    return {
        "ruleId": "F821", "level": "error", "message": {"text": "undefined"}, "locations": [{"physicalLocation": place}]
    }  # fmt: skip


def sarif(*results: dict[str, Any], **run: Any) -> dict[str, Any]:
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Ruff"}}, "results": list(results), **run}]}


_EXPECTED = Finding("src/a.py", Point(0, 14), Point(0, 19), "undefined", Severity.ERROR)


@pytest.mark.parametrize(
    "value",
    [
        [lsp()],
        {"diagnostics": [lsp(severity=1)]},
        {"kind": "full", "items": [lsp()]},
        [{"uri": "file:///elsewhere/b.py", "diagnostics": [lsp(1, 0, 3)]}, {"uri": "src/a.py", "diagnostics": [lsp()]}],
    ],
)
def test_lsp(tmp_path: Path, value: Any) -> None:
    assert read(tmp_path, value) == (_EXPECTED,)


@pytest.mark.parametrize(
    ("value", "end"),
    [
        (sarif(result(startLine=1, startColumn=16, endColumn=21), columnKind="utf16CodeUnits"), 19),
        (sarif(result(startLine=1, startColumn=15, endColumn=20), columnKind="unicodeCodePoints"), 19),
        # What says nothing counts characters, as ruff does.
        (sarif(result(startLine=1, startColumn=15)), 19),
        (sarif(result("file:///x/other.py", startLine=2), result(startLine=1, startColumn=15, endColumn=20)), 19),
    ],
)
def test_sarif(tmp_path: Path, value: Any, end: int) -> None:
    (found,) = read(tmp_path, value)
    assert (found.start, found.end) == (Point(0, 14), Point(0, end))
    assert (found.source, found.code, found.severity) == ("Ruff", "F821", Severity.ERROR)


def test_absolute_paths_and_encoded_ones(tmp_path: Path) -> None:
    uri = (tmp_path / "src" / "a.py").as_uri()
    assert read(tmp_path, sarif(result(uri, startLine=1, startColumn=16, endColumn=21)))
    assert read(tmp_path, sarif(result("src%2Fa.py", startLine=1)))
    assert not read(tmp_path, sarif(result("a.pyi", startLine=1)))


@pytest.mark.parametrize(
    "value", [3, "x", {}, [3], [{"message": "x"}], {"runs": [3]}, {"diagnostics": 3}, [lsp(severity=9)]]
)
def test_what_is_neither_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(ToldError, match="expected SARIF"):
        read(tmp_path, value)
