"""A command that the user has typed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mendline.checks.check import Kind, Project, Report, Status, Subject
from mendline.checks.verifiers.typed import TypedTests


async def ran(folder: Path, script: str, text: str = "value = 1\n", *, line: int | None = None) -> Report:
    (folder / "try_it.py").write_text(script)
    (folder / "a.py").write_text("value = 0\n")
    subject = Subject(Project(folder), "a.py", "python", {"a.py": text})
    return await TypedTests((sys.executable, "try_it.py"), line).run(subject, 60)


_LOOK = "import a\nassert a.value == 1, a.value\n"


async def test_it_runs_in_a_copy_with_the_subjects_text_untrusted_or_not(tmp_path: Path) -> None:
    report = await ran(tmp_path, _LOOK + "open('a.py', 'w').write('x')\n")
    assert (report.status, report.tests_passed, report.tests_failed) == (Status.RAN, 1, 0)
    assert report.confinement
    assert (tmp_path / "a.py").read_text() == "value = 0\n"


@pytest.mark.parametrize(
    ("script", "passed", "failed"),
    [
        ("print('2 failed, 3 passed in 0.1s'); raise SystemExit(1)", 3, 2),
        ("print('# pass 4\\n# fail 1'); raise SystemExit(1)", 4, 1),
        ("print('Ran 5 tests in 1s\\n\\nFAILED (failures=1, errors=1)'); raise SystemExit(1)", 3, 2),
        ("print('test result: FAILED. 1 passed; 2 failed; 0 ignored'); raise SystemExit(1)", 1, 2),
        ("print('12 passed')", 12, 0),
        ("raise SystemExit(3)", 0, 1),
    ],
)
async def test_counts(tmp_path: Path, script: str, passed: int, failed: int) -> None:
    report = await ran(tmp_path, script)
    assert (report.tests_passed, report.tests_failed) == (passed, failed)


async def test_a_failure_says_what_and_where_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    report = await ran(tmp_path, "import a\na.f()\n", "def f():\n    return 1 / 0\n")
    (finding,) = report.findings
    assert (finding.path, finding.start.line) == ("a.py", 1)
    assert finding.message == "ZeroDivisionError: division by zero"
    report = await ran(tmp_path / "other", _LOOK, "value = 2\n\n", line=1)
    (finding,) = report.findings
    assert (finding.message, finding.start.line) == ("AssertionError: 2", 1)


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    subject = Subject(Project(tmp_path), "a.py", "python", {"a.py": ""})
    check = TypedTests(("no-such-program-anywhere",))
    assert (await check.run(subject, 10)).status is Status.MISSING
    assert check.kind is Kind.TESTS
