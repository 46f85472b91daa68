from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.syntax import Syntax
from support.checked import findings_of, lines, subject_of


@pytest.mark.parametrize(
    ("path", "language", "text", "expected"),
    [
        ("a.py", "python", "x = 1\n", []),
        ("a.py", "python", "y = '🙂é'\nx = (1\n", ['error 1:4-1:5 syntax unclosed "("']),
        ("a.ts", "typescript", "let s = '🙂'; let x = ;\n", None),
        ("a.rs", "rust", "fn main() { let x = 1 }\n", ['error 0:21-0:21 missing missing ";"']),
    ],
)
async def test_findings(path: str, language: str, text: str, expected: list[str] | None, tmp_path: Path) -> None:
    found = lines(await findings_of(Syntax(), subject_of(tmp_path, path, text, language)))
    assert found if expected is None else found == expected


async def test_columns_count_characters(tmp_path: Path) -> None:
    found = await findings_of(Syntax(), subject_of(tmp_path, "a.py", "x = '🙂é' + (\n", "python"))
    assert [(each.start.line, each.start.column) for each in found] == [(0, 11)]


async def test_a_language_without_a_grammar(tmp_path: Path) -> None:
    report = await Syntax().run(subject_of(tmp_path, "a.zig", "x", "zig"), 5)
    assert (report.status, report.note) == (Status.MISSING, "There is no grammar for zig.")


async def test_time_is_bounded(tmp_path: Path) -> None:
    report = await Syntax().run(subject_of(tmp_path, "a.py", "x = 1\n" * 100_000, "python"), 0.0)
    assert report.status is Status.TIMED_OUT
