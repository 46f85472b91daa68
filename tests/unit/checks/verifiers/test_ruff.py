from __future__ import annotations

import os
from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.ruff import Ruff
from support.checked import UNTIL_KILLED, findings_of, lines, plant, subject_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\n", []),
        ("s = '🙂é'; x = undefined\n", ["error 0:14-0:23 F821 Undefined name `undefined`"]),
        ("import os\n", ["warning 0:7-0:9 F401 `os` imported but unused"]),
        ("x = (\n", None),
    ],
)
async def test_findings(text: str, expected: list[str] | None, tmp_path: Path) -> None:
    found = await findings_of(Ruff(), subject_of(tmp_path, "a.py", text, "python"))
    if expected is None:
        assert {each.code for each in found} == {"invalid-syntax"}
    else:
        assert [line for line in lines(found) if " E702 " not in line] == expected


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("ruff.toml", '[lint]\nselect = ["N802"]\n', ["N802"]),
        (".ruff.toml", '[lint]\nselect = ["N802"]\n', ["N802"]),
        ("pyproject.toml", '[tool.ruff.lint]\nselect = ["N802"]\n', ["N802"]),
        ("pyproject.toml", "[tool.other]\n", ["F401"]),
        # Another project's, above this one.
        ("../ruff.toml", '[lint]\nselect = ["N802"]\n', ["F401"]),
    ],
)
async def test_the_projects_rules(name: str, content: str, codes: list[str], tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "package").mkdir(parents=True)
    (root / name).write_text(content, encoding="utf-8")
    text = "import os\n\n\ndef Wrong():\n    pass\n"
    found = await findings_of(Ruff(), subject_of(root, "package/a.py", text, "python"))
    assert [each.code for each in found] == codes


async def test_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import os\n", encoding="utf-8")
    await findings_of(Ruff(), subject_of(tmp_path, "a.py", "import sys\n", "python"))
    assert os.listdir(tmp_path) == ["a.py"]
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == "import os\n"


@pytest.mark.parametrize(
    ("program", "status", "note"),
    [
        (UNTIL_KILLED, Status.TIMED_OUT, "ruff took longer than 1 s."),
        ("print('<html>')", Status.BROKEN, "ruff failed: <html>."),
        ("print('{}')", Status.RAN, ""),
        ("print('[{}]')", Status.BROKEN, "ruff failed: [{}]."),
        ("print('[' * 100000)", Status.BROKEN, None),
        ("import sys\nsys.exit('no such option')", Status.BROKEN, "ruff failed: no such option."),
        ("import os\nos.kill(os.getpid(), 11)", Status.BROKEN, "ruff was ended by signal 11: it says nothing."),
    ],
)
async def test_a_tool_that_goes_wrong(program: str, status: Status, note: str | None, tmp_path: Path) -> None:
    plant(tmp_path / ".venv/bin", "ruff", program)
    report = await Ruff().run(subject_of(tmp_path, "a.py", "x = 1\n", "python", trusted=True), 1)
    assert report.status is status
    assert note is None or report.note == note
    assert report.findings == ()
