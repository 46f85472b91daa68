from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.ty import Ty
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs, replay

TEXT = 's = "🙂é"; n: int = s; foo(1)\nimport nothere\n'
EXPECTED = [
    'error 0:19-0:20 invalid-assignment Object of type `Literal["🙂é"]` is not assignable to `int`',
    "error 0:22-0:25 unresolved-reference Name `foo` used when not defined",
    "error 1:7-1:14 import-not-found Cannot resolve imported module `nothere`",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "ty.toml").write_text("")
    return tmp_path


async def test_recorded_words(root: Path) -> None:
    replay(root, "ty", "ty.json", 1)
    assert lines(await findings_of(Ty(), subject_of(root, "a.py", TEXT, "python", trusted=True))) == EXPECTED


@needs("ty")
async def test_findings(root: Path) -> None:
    found = await findings_of(Ty(), subject_of(root, "a.py", TEXT, "python"))
    assert [(each.start, each.end) for each in found][:2] == [
        (each.start, each.end) for each in found if each.code in ("invalid-assignment", "unresolved-reference")
    ]
    assert [line.split(" ")[1] for line in lines(found)] == ["0:19-0:20", "0:22-0:25", "1:7-1:14"]


@needs("ty")
async def test_other_unsaved_files_count(root: Path) -> None:
    text = "import helper\nhelper.one\nhelper.two\n"
    subject = subject_of(root, "a.py", text, "python", others={"helper.py": "one: int = 1\n"})
    assert [each.start.line for each in await findings_of(Ty(), subject)] == [2]


async def test_pyright_goes_first_where_nothing_is_said(tmp_path: Path) -> None:
    plant(tmp_path / ".venv/bin", "ty", "")
    plant(tmp_path / ".venv/bin", "pyright", "")
    report = await Ty().run(subject_of(tmp_path, "a.py", "", "python", trusted=True), 30)
    assert (report.status, report.note) == (Status.MISSING, "Pyright checks the types of this project.")


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys\nsys.exit('error: unexpected argument')", Status.BROKEN),
        ("import sys\nsys.exit(101)", Status.BROKEN),
        ("print('[{}]')", Status.BROKEN),
        ("print('[]')", Status.RAN),
    ],
)
async def test_a_checker_that_goes_wrong(program: str, status: Status, root: Path) -> None:
    plant(root / ".venv/bin", "ty", program)
    report = await Ty().run(subject_of(root, "a.py", "", "python", trusted=True), 30)
    assert (report.status, report.findings) == (status, ())


@needs("ty")
async def test_the_nearest_configuration_counts(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part/pyproject.toml").write_text('[tool.ty.rules]\nunresolved-reference = "ignore"\n')
    (tmp_path / "part/helper.py").write_text("one = 1\n")
    text = "import helper\nx: int = ''\nprint(undefined)\n"
    (found,) = await findings_of(Ty(), subject_of(tmp_path, "part/a.py", text, "python"))
    assert (found.path, found.start.line) == ("part/a.py", 1)
