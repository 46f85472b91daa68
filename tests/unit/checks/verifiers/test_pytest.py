"""Python's tests, run by the real pytest in the sandbox."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.finding import Point
from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.checks.verifiers.pytest import PYTEST
from support.indexed import write_files

CALC = "def total(values):\n    return sum(values) + 1\n\n\ndef root(x):\n    return x ** 0.5 if x >= 0 else int('x')\n"
TESTS = """import pytest
from pkg.calc import total, root

def test_total():
    assert total([1, 2]) == 3, "sum"

class TestRoot:
    def test_four(self):
        assert root(4) == 2

    def test_negative(self):
        root(-1)

@pytest.mark.skip
def test_skipped(): ...

@pytest.mark.xfail
def test_expected(): assert total([]) == "x"
"""
FILES = {
    "src/pkg/calc.py": CALC,
    "src/pkg/__init__.py": "",
    "tests/test_calc.py": TESTS,
    "tests/test_more.py": "from pkg.calc import total\nimport nothing_here\n\ndef test_a(): ...\ndef test_b(): ...\n",
    "tests/test_other.py": "def test_other(): raise SystemExit\n",
}
FIXED = CALC.replace(" + 1", "")


async def check(
    root: Path, path: str, text: str | None = None, *, trusted: bool = True, seconds: float = 100
) -> Report:
    text = (root / path).read_text() if text is None else text
    return await PYTEST.run(Subject(Project(root, trusted), path, "python", {path: text}), seconds)


def listed(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


async def test_what_fails_is_told_where_it_fails(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    report = await check(tmp_path, "src/pkg/calc.py")
    assert report.status is Status.RAN
    assert report.confinement == LABELS[best_way()]
    # The two of a file that can't be imported have failed, too.
    assert (report.tests_passed, report.tests_failed) == (1, 4)
    told = {finding.code: (finding.start, finding.message.split("\n")[0]) for finding in report.findings}
    raised = "invalid literal for int() with base 10: 'x' (raised at src/pkg/calc.py:6)"
    assert told == {
        "tests/test_calc.py::test_total": (Point(4, 0), "test_total: AssertionError: sum"),
        "tests/test_calc.py::TestRoot::test_negative": (Point(11, 0), f"test_negative: ValueError: {raised}"),
        "tests/test_more.py::tests.test_more": (
            Point(1, 0),
            "tests.test_more: ModuleNotFoundError: No module named 'nothing_here'",
        ),
    }


async def test_the_candidate_is_what_is_tested_and_the_disk_stays(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    before = listed(tmp_path)
    report = await check(tmp_path, "src/pkg/calc.py", FIXED)
    assert (report.tests_passed, report.tests_failed) == (2, 3)
    assert listed(tmp_path) == before
    assert (tmp_path / "src/pkg/calc.py").read_text() == CALC


async def test_tests_that_have_nothing_to_do_with_what_changes_are_not_run(tmp_path: Path) -> None:
    more = "from pkg.calc import total\n\ndef test_a(): total([1])\ndef test_b(): while_true\n"
    write_files(tmp_path, {"src/pkg/calc.py": CALC, "src/pkg/__init__.py": "", "tests/test_more.py": more})
    project, texts = Project(tmp_path, trusted=True), {"src/pkg/calc.py": CALC}
    of_all = await PYTEST.run(Subject(project, "src/pkg/calc.py", "python", texts), 100)
    of_total = await PYTEST.run(Subject(project, "src/pkg/calc.py", "python", texts, ("total",)), 100)
    assert (of_all.tests_passed, of_all.tests_failed) == (1, 1)
    assert (of_total.tests_passed, of_total.tests_failed) == (1, 0)


@pytest.mark.parametrize(
    ("files", "path", "note"),
    [
        ({"a.py": "def one(): ...\n", "test_b.py": "two()\n"}, "a.py", "No test names anything of a.py."),
        ({"test_a.py": "x = 1\n"}, "test_a.py", "There are no tests in test_a.py."),
    ],
)
async def test_without_tests(files: dict[str, str], path: str, note: str, tmp_path: Path) -> None:
    write_files(tmp_path, files)
    report = await check(tmp_path, path)
    assert (report.status, report.note) == (Status.MISSING, note)


async def test_without_pytest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, FILES)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    report = await check(tmp_path, "src/pkg/calc.py")
    assert report.status is Status.MISSING
    assert "pip install pytest" in report.note


async def test_nothing_is_started_without_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, FILES)
    monkeypatch.setattr("mendline.checks.testing.run_process", None)
    report = await check(tmp_path, "src/pkg/calc.py", trusted=False)
    assert report.status is Status.UNTRUSTED


async def test_the_projects_own_interpreter_comes_first(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    own = tmp_path / ".venv" / "bin"
    own.mkdir(parents=True)
    (own / "python").write_text("#!/bin/sh\necho own >&2\nexit 9\n")
    (own / "python").chmod(0o755)
    (own / "pytest").write_text(f"#!{own}/python\nimport pytest\n")
    report = await check(tmp_path, "src/pkg/calc.py")
    assert (report.status, report.note) == (Status.BROKEN, "pytest failed: own.")


@pytest.mark.parametrize(
    ("body", "status", "note"),
    [
        ("while True: pass", Status.TIMED_OUT, "took longer"),
        ("import os; os._exit(3)", Status.BROKEN, "pytest failed"),
    ],
)
async def test_tests_that_do_not_end_well(body: str, status: Status, note: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"test_a.py": f"{body}\ndef test_a(): ...\n"})
    seconds = 2 if status is Status.TIMED_OUT else 100
    report = await check(tmp_path, "test_a.py", seconds=seconds)
    assert report.status is status
    assert note in report.note
