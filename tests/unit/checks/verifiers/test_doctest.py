"""Examples in docstrings, run in the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.finding import Point
from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.checks.sandbox.launcher.order import PLAIN
from mendline.checks.verifiers.doctest import DOCTEST, run_unseen
from support.indexed import write_files

CALC = '''import json as ast
from .helper import one


def total(values):
    """Sum.

    >>> total([one, 2])
    3
    >>> values = [1.5]
    >>> total(values)
    2.5
    >>> total(["a"])
    Traceback (most recent call last):
    TypeError: unsupported operand type(s) for +: 'int' and 'str'
    """
    return sum(values)


class Box:
    """
    >>> Box().name
    'box'
    >>> Box().name_of() == "it's"
    >>> Box().name_of() == "its"
    """

    def name_of(self):
        """
        >>> Box().name_of()
        "it's"
        """
        return "it's"


def twice(x):
    """Doubles: twice(2) == 4, and twice("a") => "aa".
    twice(1.1) ➞ 2.2
    twice(0) returns 1.
    """
    return x + x


def plain():
    """Nothing."""
'''
FILES = {"src/pkg/__init__.py": "", "src/pkg/helper.py": "one = 1\n", "src/pkg/calc.py": CALC, "doctest.py": "raise 1"}


async def check(root: Path, path: str, text: str, *symbols: str, trusted: bool = True, seconds: float = 60) -> Report:
    return await DOCTEST.run(Subject(Project(root, trusted), path, "python", {path: text}, symbols), seconds)


@pytest.mark.parametrize(
    ("symbols", "passed", "wrong"),
    [
        (
            ("total",),
            3,
            {"total: total(values)": (Point(10, 0), "total(values): expected 2.5, got 1.5")},
        ),
        (
            ("Box",),
            2,
            {
                "Box: Box().name": (Point(21, 0), "Box().name: AttributeError: 'Box' object has no attribute 'name'"),
                'Box: Box().name_of() == "its"': (
                    Point(24, 0),
                    'Box().name_of() == "its": expected True, got False',
                ),
            },
        ),
        (("name_of",), 1, {}),
        (("twice",), 3, {"twice: twice(0)": (Point(38, 0), "twice(0): expected 1, got 0")}),
    ],
)
async def test_examples_of_what_changes(
    symbols: tuple[str, ...], passed: int, wrong: dict[str, tuple[Point, str]], tmp_path: Path
) -> None:
    write_files(tmp_path, FILES)
    report = await check(tmp_path, "src/pkg/calc.py", CALC, *symbols)
    assert (report.status, report.note) == (Status.RAN, "")
    assert report.confinement == LABELS[best_way()]
    assert {each.code: (each.start, each.message) for each in report.findings} == wrong
    assert (report.tests_passed, report.tests_failed) == (passed, len(wrong))


async def test_all_of_a_file(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    report = await check(tmp_path, "src/pkg/calc.py", CALC)
    assert (report.tests_passed, report.tests_failed) == (8, 4)
    assert not (tmp_path / "src/pkg/__pycache__").exists()


PAIR = '\n    """Input: 1, Output: 2"""\n'
EXERCISES = [
    ("n, /", "return n * 2", "2", "4", None),
    ("n, by=2, *, so=object()", "return n * by", "n = 2", "4", None),
    ("n: list", "return n + n", "[null]", "[null, null]", None),
    ("n: list[int]", "return sum(n)", "[1, 2]", "4", "expected 4, got 3"),
    ("n", "return n, n", "n = 2", "[2, 2]", None),
    ("n", "return n, n", "n = 2", "[2]", "expected [2], got (2, 2)"),
    ("n", "yield from (n, n)", "n = 2", "[2, 2]", None),
    ("n", "while True: yield n", "n = 2", "[2, 2]", "expected [2, 2], got <generator"),
    ("n", "print(n)", "n = 'a'", "'a'", None),
    ("n", "print(n)", "n = 2", "3", "expected 3, got None"),
    ("n", "n.sort()", "n = [2, 1]", "[1, 2]", None),
    ("n", "pass", "n = [2, 1]", "[1, 2]", "expected [1, 2], got None"),
    ("n", "return m", "2", "4", "NameError: name 'm' is not defined"),
]


async def test_exercises_leave_open_how_a_result_is_handed_over(tmp_path: Path) -> None:
    text = "".join(
        f'def f{number}({takes}):\n    """\n    Input: {given}\n    Output: {output}\n    """\n    {body}\n'
        for number, (takes, body, given, output, _) in enumerate(EXERCISES)
    )
    report = await check(tmp_path, "a.py", text)
    found = {each.start.line: each.message for each in report.findings}
    expected = {
        6 * number + 2: f"f{number}({given}): {wrong}"
        for number, (*_, given, _, wrong) in enumerate(EXERCISES)
        if wrong is not None
    }
    assert found.keys() == expected.keys()
    assert all(found[line].startswith(message) for line, message in expected.items())
    assert report.tests_passed == len(EXERCISES) - len(expected)


@pytest.mark.parametrize(
    ("text", "symbols", "seconds", "trusted", "status", "note"),
    [
        (CALC, ("plain",), 60, True, Status.MISSING, "No docstring of a.py has examples of what changes."),
        ("x = 1\n", (), 60, True, Status.MISSING, "No docstring of a.py has examples of what changes."),
        (f"async def f(n):{PAIR}", (), 60, True, Status.MISSING, "No docstring of a.py has examples of what changes."),
        (
            f"from collections import Counter\ndef f(n: Counter):{PAIR}",
            (),
            60,
            True,
            Status.MISSING,
            "No docstring of a.py has examples of what changes.",
        ),
        (f"class A:{PAIR}", (), 60, True, Status.MISSING, "No docstring of a.py has examples of what changes."),
        ('"""\n>>> 1\n1\n"""\nnot_there\n', (), 60, True, Status.BROKEN, "NameError: name 'not_there' is not defined."),
        ('"""\n>>> 1\n1\n"""\nraise SystemExit\n', (), 60, True, Status.BROKEN, "can't be imported: SystemExit."),
        ('"""\n>>> 1\n1\n"""\nimport os\nos._exit(0)\n', (), 60, True, Status.BROKEN, "it says nothing."),
        ('"""\n>>> 1\n1\n"""\nwhile True: ...\n', (), 2, True, Status.TIMED_OUT, "doctest took longer than 2 s."),
        ('"""\n>>> 1\n1\n"""\n', (), 60, False, Status.UNTRUSTED, "so it runs only in a trusted workspace."),
    ],
)
async def test_what_can_not_be_run_says_why(
    text: str, symbols: tuple[str, ...], seconds: float, trusted: bool, status: Status, note: str, tmp_path: Path
) -> None:
    report = await check(
        tmp_path, "a.py", text.replace("from .helper import one", "one = 1"), *symbols, trusted=trusted, seconds=seconds
    )
    assert (report.status, report.findings) == (status, ())
    assert report.note.endswith(note)


@pytest.mark.parametrize(("way", "status"), [(None, Status.RAN), (PLAIN, Status.UNTRUSTED)])
async def test_what_nobody_has_read_runs_behind_walls_only(
    way: str | None, status: Status, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way is not None:
        monkeypatch.setattr("mendline.checks.verifiers.doctest.best_way", lambda: way)
    elif best_way() == PLAIN:
        pytest.skip("this machine has no walls")
    text = CALC.replace("from .helper import one", "one = 1")
    report = await run_unseen(Subject(Project(tmp_path, True), "a.py", "python", {"a.py": text}, ("twice",)), 60)
    assert report.status is status
    assert bool(report.note) == (status is Status.UNTRUSTED)
