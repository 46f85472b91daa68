from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.python_compile import PythonCompile
from support.checked import findings_of, lines, subject_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\n", []),
        ("s = '🙂é'; x = = 1\n", ["error 0:14-0:15 SyntaxError invalid syntax"]),
        ("return 1\n", ["error 0:0-0:8 SyntaxError 'return' outside function"]),
        ("def f():\nreturn 1\n", ["error 1:0-1:6 IndentationError expected an indented block"]),
        ("def f():\n    break\n", ["error 1:4-1:9 SyntaxError 'break' outside loop"]),
        ("x = '\\d'\n", ["warning 0:0-0:0 DeprecationWarning invalid escape sequence '\\d'"]),
        ("# coding: latin-1\ns = 'é'; x = = 1\n", ["error 1:13-1:14 SyntaxError invalid syntax"]),
        ("a = 1\rb = = 2\r", ["error 1:4-1:5 SyntaxError invalid syntax"]),
    ],
)
async def test_findings(text: str, expected: list[str], tmp_path: Path) -> None:
    found = lines(await findings_of(PythonCompile(), subject_of(tmp_path, "a.py", text, "python")))
    # Later Pythons word some messages at greater length, and call a wrong escape a SyntaxWarning.
    shortened = [line.replace("SyntaxWarning", "DeprecationWarning") for line in found]
    assert len(found) == len(expected)
    assert all(line.startswith(begin) for line, begin in zip(shortened, expected, strict=True)), found


@pytest.mark.parametrize("text", ["x = '\0'\n", "x = '\ud800'\n", "(" * 5_000, "x = 1" + "0" * 10_000])
async def test_what_the_compiler_refuses_is_a_finding(text: str, tmp_path: Path) -> None:
    assert len(await findings_of(PythonCompile(), subject_of(tmp_path, "a.py", text, "python"))) == 1


@pytest.mark.parametrize("text", ["-" * 200_000 + "1", "x" + ".a" * 200_000, "x = " + "[" * 150 + "]" * 150])
async def test_hostile_nesting_ends_in_a_report(text: str, tmp_path: Path) -> None:
    report = await PythonCompile().run(subject_of(tmp_path, "a.py", text, "python"), 30)
    assert report.status in (Status.RAN, Status.BROKEN)


async def test_nothing_is_executed_or_imported(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    hostile = f"open({str(mark)!r}, 'w')\n"
    for name in ("json.py", "sitecustomize.py", "warnings.py", "encodings.py"):
        (tmp_path / name).write_text(hostile, encoding="utf-8")
    assert await findings_of(PythonCompile(), subject_of(tmp_path, "a.py", hostile, "python")) == ()
    assert not mark.exists()
