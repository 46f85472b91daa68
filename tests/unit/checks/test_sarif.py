from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mendline.checks.sarif import read_sarif
from support.checked import lines, subject_of
from support.installed import recorded

TEXT = 's = "🙂é"; x = undefined\ny = 1\n'


def _run(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    region = {"startLine": 1, "startColumn": 15, "endColumn": 24}
    place = {"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": region}}
    whole = {"ruleId": "X1", "message": {"text": "wrong"}, "locations": [place], **result}
    rules = [{"id": "X1", "defaultConfiguration": {"level": "error"}, "messageStrings": {"m": {"text": "no {0}, {1}"}}}]
    return {"tool": {"driver": {"name": "tool", "rules": rules}}, "results": [whole], **more}


def _at(uri: str, **region: int) -> dict[str, Any]:
    return {"locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}]}


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (_run({}), ["error 0:14-0:23 X1 wrong"]),
        (_run({}, columnKind="unicodeCodePoints"), ["error 0:14-0:23 X1 wrong"]),
        (_run({}, columnKind="utf16CodeUnits"), ["error 0:13-0:22 X1 wrong"]),
        (_run({"level": "note"}), ["information 0:14-0:23 X1 wrong"]),
        (_run({"level": "none"}), ["hint 0:14-0:23 X1 wrong"]),
        (_run({"ruleId": "Y"}), ["warning 0:14-0:23 Y wrong"]),
        (_run({"message": {"id": "m", "arguments": ["a", "b"]}}), ["error 0:14-0:23 X1 no a, b"]),
        (_run(_at("a.py", startLine=1)), ["error 0:0-0:23 X1 wrong"]),
        (_run(_at("a.py", startLine=1, endLine=2)), ["error 0:0-1:5 X1 wrong"]),
        (_run(_at("a.py")), ["error 0:0-0:0 X1 wrong"]),
        (_run({"locations": []}), ["error 0:0-0:0 X1 wrong"]),
        (_run({"kind": "pass"}), []),
        (_run({"suppressions": [{"kind": "inSource"}]}), []),
        ({"tool": {"driver": {}}, "results": None}, []),
    ],
)
def test_results(run: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    subject = subject_of(tmp_path, "a.py", TEXT, "python")
    assert lines(tuple(read_sarif({"runs": [run]}, subject, tmp_path, "mine"))) == expected


@pytest.mark.parametrize(
    ("uri", "path"),
    [("src/b%20c.py", "src/b c.py"), ("file://{root}/src/d.py", "src/d.py"), ("file:///elsewhere/e.py", "a.py")],
)
def test_files(uri: str, path: str, tmp_path: Path) -> None:
    run = _run(_at(uri.format(root=tmp_path), startLine=1))
    (found,) = read_sarif({"runs": [run]}, subject_of(tmp_path, "a.py", TEXT, "python"), tmp_path, "mine")
    assert found.path == path


def test_what_a_tool_has_written(tmp_path: Path) -> None:
    log = json.loads(recorded("ruff.sarif").replace(b"/project", str(tmp_path).encode()))
    subject = subject_of(tmp_path, "a.py", 's = "🙂é"; x = undefined\n', "python")
    found = read_sarif(log, subject, tmp_path, "mine")
    assert lines(tuple(found)) == ["error 0:14-0:23 F821 Undefined name `undefined`"]
    assert {each.source for each in found} == {"ruff"}


@pytest.mark.parametrize("log", [{}, {"runs": 1}, {"runs": [1]}, {"runs": [{}]}, [], {"runs": [_run({"message": 1})]}])
def test_what_is_no_log(log: Any, tmp_path: Path) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError, IndexError)):
        read_sarif(log, subject_of(tmp_path, "a.py", TEXT, "python"), tmp_path, "mine")
