"""`mendline eval fim`: what it prints and saves. How figures come about is tested with the evaluation room."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from mendline.cli import main
from mendline.engine.host.launch import Launch
from mendline.evaluation.fim import evaluation, language_server
from support.engine_host import SERVER_ROOT
from support.fim_items import infilling, rambling, safim, write_lines
from support.made_engines import MadeEngines, tiny_model


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MadeEngines:
    made = MadeEngines(rambling, context_tokens=4096)
    made.install(monkeypatch, evaluation, tmp_path)
    return made


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    write_lines(tmp_path / "data" / "lines.jsonl.gz", infilling())
    write_lines(tmp_path / "data" / "block.jsonl", safim(), safim(1))
    return ["eval", "fim", "--data", str(tmp_path / "data"), *tiny_model(tmp_path)]


def test_a_table_for_each_file_and_the_difference(
    engines: MadeEngines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    printed, progress = capsys.readouterr()
    assert "block: 2 holes" in printed
    assert "lines: 1 holes" in printed
    assert "minus raw, points" in printed
    assert "+50.0 (" in printed
    assert "3/3; lines: passed so far" in progress
    assert all(engine.closed for engine in engines.made)


def test_figures_are_printed_and_saved_with_what_they_depend_on(
    engines: MadeEngines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--json", "--save", str(tmp_path / "saved"), "--limit", "1", "--seed", "3", "--trigger", "automatic"]
    assert main([*arguments, *more]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "saved" / "fim-data-pipeline-automatic.json").read_text())
    about = printed["figures"]["about"]
    assert (about["of"], about["limit"], about["seed"], about["trigger"]) == (3, 1, 3, "automatic")
    assert about["engine"]["threads"] == 2
    assert about["arms"] == {"pipeline": []}
    assert list(about["files"]) == ["block", "lines"]
    assert str(tmp_path) not in json.dumps(about)
    assert printed["figures"]["groups"]["block"]["items"] == 1


def test_a_log_saves_a_second_run(
    engines: MadeEngines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = ["--log", str(tmp_path / "log.jsonl"), "--json"]
    assert main([*arguments, *log, "--limit", "1"]) == 0
    assert main([*arguments, *log]) == 0
    assert [len(engine.records) for engine in engines.made] == [6, 3]
    capsys.readouterr()
    assert main([*arguments, *log, "--trigger", "automatic"]) == 2
    assert "is the log of a run with trigger" in capsys.readouterr().err


def test_raw_texts_are_taken_over_from_another_run(
    engines: MadeEngines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    assert main([*arguments, "--json", "--log", str(log)]) == 0
    first = json.loads(capsys.readouterr().out)["figures"]
    more = ["--json", "--trigger", "automatic", "--controls", str(log)]
    assert main([*arguments, *more, "--data", str(tmp_path / "data" / "block.jsonl")]) == 0
    second = json.loads(capsys.readouterr().out)["figures"]
    assert second["about"]["controls_taken_over"] is True
    assert first["about"]["controls_taken_over"] is False
    assert second["groups"]["block"]["arms"]["raw"] == first["groups"]["block"]["arms"]["raw"]
    assert [record.kind for record in engines.made[1].records] == ["warm", "fill"] * 2
    write_lines(tmp_path / "data" / "block.jsonl", safim(5))
    assert main([*arguments, *more]) == 2
    assert "on another file than this block" in capsys.readouterr().err


def test_parts_are_left_out_together_and_in_turn(
    engines: MadeEngines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    without = ["--without", "drop_blank", "--without", "fit_rest_of_line"]
    assert main([*arguments, "--json", *without]) == 0
    arms = json.loads(capsys.readouterr().out)["figures"]["about"]["arms"]
    assert arms == {
        "pipeline": [],
        "without drop_blank, fit_rest_of_line": ["drop_blank", "fit_rest_of_line"],
    }
    assert main([*arguments, "--ablate"]) == 0
    printed = capsys.readouterr().out
    assert "block: arms" in printed
    assert "without cut_following_lines" in printed
    assert "without fit_rest_of_line " in printed
    assert "without imports" not in printed


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--without", "magic"], "no part 'magic' to leave out; there are "),
        (["--limit", "0"], "--limit"),
        (["--through", "magic"], "--through"),
        (["--through", "lsp", "--ablate"], "can't leave parts out"),
        (["--model", "no-such-model"], "no-such-model"),
        (["--data", "/no/such/folder"], "does not exist"),
        (["--data", "."], "no files of HumanEval-Infilling"),
    ],
)
def test_bad_arguments_say_so(
    more: list[str],
    message: str,
    engines: MadeEngines,
    arguments: Sequence[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert main([*arguments, *more]) == 2
    assert message in capsys.readouterr().err


def test_the_help_says_that_programs_are_executed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "fim", "--help"]) == 0
    assert "WROTE ARE EXECUTED" in capsys.readouterr().out


def test_a_language_server_is_asked_instead(
    engines: MadeEngines,
    arguments: Sequence[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"answers": [{"prefix_ends_with": "print(", "middle": "n + 0)\nprint(n"}]}))
    monkeypatch.setenv("MENDLINE_FAKE_HOST", str(script))
    monkeypatch.setenv("PYTHONPATH", SERVER_ROOT)
    monkeypatch.setattr(language_server, "_REST_SECONDS", 0.0)
    monkeypatch.setattr(evaluation.Launch, "from_settings", lambda *_: Launch("fake", script, fake=True))
    data = ["--data", str(tmp_path / "data" / "block.jsonl")]
    assert main([*arguments, *data, "--through", "lsp", "--json"]) == 0
    block = json.loads(capsys.readouterr().out)["figures"]["groups"]["block"]
    assert engines.made == []
    assert block["arms"]["pipeline"]["pass_at_1"]["count"] == 1
    assert block["arms"]["raw"]["pass_at_1"]["count"] == 0
    assert block["arms"]["pipeline"]["own_latency"] is None
