"""`mendline fix`, with the real checks for Python and a scripted model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mendline import app
from mendline.cli import main
from mendline.engine.errors import ModelMissing
from mendline.engine.fake import Answer, FakeEngine

SHAPES = """import math


def area(radius):
    return math.pi * radius * radius


def ring(outer, inner):
    return area(outer) - are(inner)
"""
MENDED = SHAPES.replace("are(inner)", "area(inner)")
ODD = SHAPES.replace("are(inner)", "zzz(inner)")


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEngine:
    fake = FakeEngine(default="```")
    monkeypatch.setattr(app, "open_engine", lambda settings: fake)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    return fake


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / ".mendline.toml").touch()
    monkeypatch.chdir(folder)
    return folder


def shapes(work: Path, text: str = SHAPES) -> Path:
    file = work / "shapes.py"
    file.write_bytes(text.encode())
    return file


def test_a_diff_goes_to_stdout_the_evidence_to_stderr_and_the_disk_stays(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shapes(work)
    assert main(["fix", "shapes.py"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("--- a/shapes.py\n+++ b/shapes.py\n@@ ")
    assert "-    return area(outer) - are(inner)\n+    return area(outer) - area(inner)\n" in said.out
    assert "shapes.py:9: Fix: Undefined name `are` (parses, ruff and ty pass)" in said.err
    assert "shapes.py: 1 of 1 problem repaired" in said.err
    assert file.read_text() == SHAPES
    subprocess.run(["patch", "-p1"], input=said.out, text=True, check=True, capture_output=True)
    assert file.read_text() == MENDED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SHAPES.encode(), MENDED.encode()),
        (SHAPES.replace("\n", "\r\n").encode(), MENDED.replace("\n", "\r\n").encode()),
        (b"\xef\xbb\xbf" + SHAPES.encode(), b"\xef\xbb\xbf" + MENDED.encode()),
        (SHAPES.encode() + b"# caf\xe9\n", MENDED.encode() + b"# caf\xe9\n"),
    ],
)
def test_written_it_keeps_bytes_mode_and_the_file_as_it_was(
    work: Path, capsys: pytest.CaptureFixture[str], before: bytes, after: bytes
) -> None:
    file = work / "shapes.py"
    file.write_bytes(before)
    file.chmod(0o754)
    assert main(["fix", "--write", "shapes.py"]) == 0
    assert file.read_bytes() == after
    assert file.stat().st_mode & 0o777 == 0o754
    said = capsys.readouterr()
    assert said.out == ""
    kept = Path(next(line for line in said.err.splitlines() if "as it was" in line).split(": ")[-1])
    assert kept.read_bytes() == before
    assert kept.stat().st_mode & 0o077 == 0
    assert [each.name for each in work.iterdir() if "mendline" in each.name] == [".mendline.toml"]


def test_a_link_stays_one(work: Path) -> None:
    file = shapes(work)
    (work / "link.py").symlink_to(file)
    assert main(["fix", "--write", "--diff", "link.py"]) == 0
    assert (work / "link.py").is_symlink()
    assert file.read_text() == MENDED


def test_only_a_line(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shapes(work, SHAPES.replace("math.pi", "mth.pi"))
    assert main(["fix", "shapes.py:9"]) == 0
    said = capsys.readouterr()
    assert "area(inner)" in said.out
    assert "+    return math.pi" not in said.out
    assert main(["fix", "shapes.py:2"]) == 1


def test_the_models_fix(work: Path, engine: FakeEngine, capsys: pytest.CaptureFixture[str]) -> None:
    shapes(work, ODD)
    engine._default = "    return area(outer) - area(inner)\n```"
    assert main(["fix", "shapes.py", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (problem,) = told["problems"]
    assert (problem["line"], problem["code"], problem["origin"], problem["verified"]) == (9, "F821", "model", True)
    assert told["diff"].startswith("--- a/shapes.py")
    assert engine.closed


def test_nothing_to_repair_is_status_1_and_loads_no_model(
    work: Path, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes(work, MENDED)
    assert main(["fix", "shapes.py"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "nothing to repair (syntax, compile, ruff, ty ran)" in said.err
    assert not engine.requests


def test_nothing_found_is_status_1(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shapes(work, ODD)
    assert main(["fix", "shapes.py"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "shapes.py:9: No fix found: Undefined name `zzz`" in said.err


def test_a_missing_model_is_status_2_unless_none_was_needed(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = Answer(error=ModelMissing("The model x is not on this machine.", model="x"))

    class Missing(FakeEngine):
        async def info(self) -> Any:
            assert missing.error is not None
            raise missing.error

    monkeypatch.setattr(app, "open_engine", lambda settings: Missing())
    shapes(work, ODD)
    assert main(["fix", "shapes.py"]) == 2
    assert "The model x is not on this machine." in capsys.readouterr().err
    shapes(work)
    assert main(["fix", "shapes.py"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fix"], "name a FILE, or give --staged"),
        (["fix", "missing.py"], "there is no file missing.py"),
        (["fix", "."], "is a folder"),
        (["fix", "shapes.py:99"], "the file's lines are 1 to 10"),
        (["fix", "shapes.py:0"], "lines count from 1"),
        (["fix", "data.bin"], "is no text"),
        (["fix", ".env"], "usually hold secrets"),
        (["fix", "shapes.py", "--test", "'"], "can't be understood"),
        (["fix", "shapes.py", "--diagnostics", "shapes.py"], "is no JSON"),
        (["fix", "--staged"], "git"),
    ],
)
def test_what_is_wrong_is_one_line_and_status_2(
    work: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    shapes(work)
    (work / "data.bin").write_bytes(b"\0\1")
    (work / ".env").write_text("KEY=x")
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.out == ""


def test_what_others_report_is_repaired_and_left_out_where_nobody_can_judge(
    work: Path, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "area.lua").write_text("local result = wrong(2)\n")
    place = {"start": {"line": 0, "character": 15}, "end": {"line": 0, "character": 20}}
    (work / "told.json").write_text(json.dumps([{"range": place, "message": "undefined global `wrong`"}]))
    engine._default = "local result = right(2)\n```"
    asked = ["fix", "area.lua", "--diagnostics", "told.json"]
    assert main(asked) == 1
    assert "1 fix is left out, since it isn't verified; --unverified takes such" in capsys.readouterr().err
    assert main([*asked, "--unverified"]) == 0
    said = capsys.readouterr()
    assert "+local result = right(2)\n" in said.out
    assert "(unverified: no checker for Lua)" in said.err


def test_a_command_that_has_to_pass(work: Path, engine: FakeEngine, capsys: pytest.CaptureFixture[str]) -> None:
    shapes(work, MENDED.replace("* radius * radius", "* radius"))
    (work / "try_it.py").write_text("from shapes import area\n\nassert 12 < area(2) < 13, f'area is {area(2)}'\n")
    engine._default = "def area(radius):\n    return math.pi * radius * radius\n```"
    test = f"{sys.executable} try_it.py"
    assert main(["fix", "shapes.py:5", "--test", test]) == 0
    said = capsys.readouterr()
    assert "+    return math.pi * radius * radius\n" in said.out
    assert "AssertionError: area is 6.28" in said.err
    assert "1 test pass" in said.err


def git(work: Path, *arguments: str) -> str:
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
        cwd=work, env={**os.environ, **own}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def repository(work: Path) -> Path:
    git(work, "init", "-q")
    old = "import os\n\n\n" + MENDED
    shapes(work, old)
    git(work, "add", ".")
    git(work, "commit", "-qm", "old")
    shapes(work, old.replace("area(inner)", "are(inner)"))
    git(work, "add", ".")
    return work


def test_staged_problems_stop_a_commit_and_nothing_changes(
    repository: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    hook = repository / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(hook))
    before = git(repository, "-c", "core.fsmonitor=false", "status", "--porcelain")
    ran.unlink(missing_ok=True)
    assert main(["fix", "--staged"]) == 1
    said = capsys.readouterr()
    assert "+    return area(outer) - area(inner)\n" in said.out
    # What was there before the change is none of its business.
    assert "import os" not in said.out
    assert not ran.exists()
    assert git(repository, "-c", "core.fsmonitor=false", "status", "--porcelain") == before


def test_staged_text_counts_and_not_the_files(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (repository / "shapes.py").read_text()
    shapes(repository, text + "x = y\n")
    assert main(["fix", "--staged", "--json", "--write"]) == 1
    said = capsys.readouterr()
    (told,) = json.loads(said.out)
    messages = [each["message"] for each in told["problems"]]
    assert messages
    assert all("`are`" in message for message in messages)
    assert "differs from what is staged" in said.err
    assert told["backup"] is None
    shapes(repository, text)
    assert main(["fix", "--staged", "--write"]) == 1
    assert (repository / "shapes.py").read_text() == text.replace("are(inner)", "area(inner)")
    assert "are(inner)" in git(repository, "show", ":shapes.py")


def test_the_first_commit_and_one_without_problems(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    git(work, "init", "-q")
    shapes(work)
    (work / "notes.xyz").write_text("no code")
    git(work, "add", ".")
    assert main(["fix", "--staged"]) == 1
    shapes(work, MENDED)
    git(work, "add", ".")
    capsys.readouterr()
    assert main(["fix", "--staged"]) == 0
    assert capsys.readouterr().out == ""
