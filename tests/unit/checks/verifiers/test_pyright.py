from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.pyright import Pyright
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs, replay

TEXT = 's = "🙂é"; n: int = s; foo(1)\nimport nothere\n'
EXPECTED = [
    'error 0:19-0:20 reportAssignmentType Type "Literal[\'🙂é\']" is not assignable to declared type "int"\n'
    '  "Literal[\'🙂é\']" is not assignable to "int"',
    'error 0:22-0:25 reportUndefinedVariable "foo" is not defined',
    'error 1:7-1:14 reportMissingImports Import "nothere" could not be resolved',
]


def _said(files: int, diagnostics: list[object]) -> str:
    said = json.dumps({"generalDiagnostics": diagnostics, "summary": {"filesAnalyzed": files}})
    return f"print({said!r})"


async def test_recorded_words(tmp_path: Path) -> None:
    replay(tmp_path, "pyright", "pyright.json", 1)
    (tmp_path / "pyrightconfig.json").write_text("{}")
    assert lines(await findings_of(Pyright(), subject_of(tmp_path, "a.py", TEXT, "python", trusted=True))) == EXPECTED


@needs("pyright")
async def test_findings(tmp_path: Path) -> None:
    assert lines(await findings_of(Pyright(), subject_of(tmp_path, "a.py", TEXT, "python"))) == EXPECTED


@needs("pyright")
@pytest.mark.parametrize("configured", [False, True])
async def test_the_environment_and_other_unsaved_files(configured: bool, tmp_path: Path) -> None:
    package = tmp_path / ".venv/lib/python3.11/site-packages/installed"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("def g(a: int) -> None: ...\n")
    (package / "py.typed").write_text("")
    (tmp_path / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n")
    if configured:
        (tmp_path / "pyproject.toml").write_text('[tool.pyright]\nvenvPath = "."\nvenv = ".venv"\n')
    text = 'import installed\nimport helper\ninstalled.g("")\nhelper.one\nhelper.two\n'
    subject = subject_of(tmp_path, "a.py", text, "python", others={"helper.py": "one: int = 1\n"})
    found = await findings_of(Pyright(), subject)
    codes = [(each.start.line, each.code) for each in found if each.severity.name == "ERROR"]
    assert codes == [(2, "reportArgumentType"), (4, "reportAttributeAccessIssue")]


@needs("pyright")
async def test_nothing_of_the_project_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "executed"
    hostile = f"open({str(mark)!r}, 'w')\n"
    for name in ("json.py", "os.py", "sitecustomize.py", "usercustomize.py"):
        (tmp_path / name).write_text(hostile)
    for name in ("python", "python3", "node"):
        plant(tmp_path / "bin", name, hostile)
        plant(tmp_path / ".venv/bin", name, hostile)
    (tmp_path / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{tmp_path}/.venv/bin:{os.environ['PATH']}")
    await findings_of(Pyright(), subject_of(tmp_path, "a.py", "x: int = ''\n", "python"))
    assert not mark.exists()


async def test_a_project_that_uses_ty_is_left_to_it(tmp_path: Path) -> None:
    plant(tmp_path / ".venv/bin", "pyright", "")
    (tmp_path / "pyproject.toml").write_text("[tool.ty]\n")
    report = await Pyright().run(subject_of(tmp_path, "a.py", "", "python", trusted=True), 30)
    assert (report.status, report.note) == (Status.MISSING, "The project uses ty for its types, not Pyright.")


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys\nsys.exit(3)", Status.BROKEN),
        ("print('rubbish')", Status.BROKEN),
        (_said(1, [{}]), Status.BROKEN),
        (_said(0, []), Status.BROKEN),
        (_said(1, []), Status.RAN),
    ],
)
async def test_a_checker_that_goes_wrong(program: str, status: Status, tmp_path: Path) -> None:
    plant(tmp_path / ".venv/bin", "pyright", program)
    report = await Pyright().run(subject_of(tmp_path, "a.py", "", "python", trusted=True), 30)
    assert (report.status, report.findings) == (status, ())


@needs("pyright")
async def test_the_nearest_configuration_counts(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part/pyproject.toml").write_text("[tool.pyright]\nreportUndefinedVariable = false\n")
    (tmp_path / "part/helper.py").write_text("one = 1\n")
    text = "import helper\nx: int = ''\nprint(undefined)\n"
    (found,) = await findings_of(Pyright(), subject_of(tmp_path, "part/a.py", text, "python"))
    assert (found.path, found.start.line) == ("part/a.py", 1)
