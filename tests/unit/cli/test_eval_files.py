"""`mendline eval files`: what it prints and saves. How figures come about is tested with the evaluation room."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from mendline.cli import main
from mendline.engine.protocol import FillRequest
from mendline.evaluation.files import evaluation
from support.code_folders import FUNCTIONS, SCRIPT, write_files
from support.made_engines import MadeEngines, tiny_model


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MadeEngines:
    made = MadeEngines()
    made.install(monkeypatch, evaluation, tmp_path)
    return made


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    root = write_files(tmp_path / "root", {"a/m.py": FUNCTIONS, "b/m.ts": SCRIPT, "c/m.js": SCRIPT})
    return ["eval", "files", str(root), *tiny_model(tmp_path), "--positions", "9"]


def test_positions_are_tried_and_summed_up(
    engines: MadeEngines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    printed, progress = capsys.readouterr()
    assert "9 in 3 files of 3 packages" in printed
    assert "suggestions that add a parse error" in printed
    assert "9/9;" in progress
    assert [engine.closed for engine in engines.made] == [True]


def test_figures_are_printed_and_saved_with_what_they_depend_on(
    engines: MadeEngines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--language", "python", "--json", "--seed", "7", "--save", str(tmp_path / "saved")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "saved" / "files.json").read_text())
    figures = printed["figures"]
    assert set(figures["languages"]) == {"python"}
    assert figures["all"]["positions"] == sum(kind["positions"] for kind in figures["kinds"].values())
    assert figures["about"]["seed"] == 7
    assert figures["about"]["engine"]["threads"] == 2
    assert str(tmp_path) not in json.dumps(figures["about"])
    fills = [request for request in engines.made[0].requests if isinstance(request, FillRequest)]
    assert fills
    assert not any(request.prefix.startswith("/") for request in fills)


def test_a_log_is_continued_by_the_same_run_only(
    engines: MadeEngines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = ["--log", str(tmp_path / "log.jsonl")]
    assert main([*arguments, *log, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["figures"]
    assert main([*arguments, *log, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"] == first
    assert engines.made[0].records
    assert not engines.made[1].records
    assert main([*arguments, *log, "--seed", "1"]) == 2
    assert "is the log of a run with sample" in capsys.readouterr().err


def test_scripted_answers_need_no_model(
    engines: MadeEngines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted = [*arguments[:3], "--positions", "30", "--answers"]
    assert main([*scripted, "right", "--save", str(tmp_path)]) == 0
    assert "right texts that were not shown as they are" in capsys.readouterr().out
    figures = json.loads((tmp_path / "files-right.json").read_text())["figures"]
    assert figures["all"]["exact"]["count"] + len(figures["lost"]) <= figures["all"]["positions"]
    assert figures["about"]["model"] is None
    assert main([*scripted, "foreign", "--json"]) == 0
    assert "lost" not in json.loads(capsys.readouterr().out)["figures"]
    assert not engines.made


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--positions", "0"], "--positions"),
        (["--language", "cobol"], "--language"),
        (["--answers", "nobody"], "--answers"),
        (["/no/such/folder"], "there is no folder /no/such/folder"),
        (["--model", "no-such-model"], "no-such-model"),
    ],
)
def test_bad_arguments_say_so(
    more: list[str], message: str, engines: MadeEngines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, *more]) == 2
    assert message in capsys.readouterr().err


def test_code_without_a_place_for_a_hole(
    engines: MadeEngines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_files(tmp_path / "root", {"m.py": "x"})
    assert main(["eval", "files", str(root), "--language", "python", *tiny_model(tmp_path)]) == 2
    assert "no place in it" in capsys.readouterr().err
