"""`mendline eval infilling`: what it prints and saves. How figures come about is tested with the evaluation room."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mendline.cli import main
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import EngineInfo, FillRequest
from mendline.evaluation.infilling import evaluation
from support.infilling_items import item, write_items
from support.tiny_models import gguf_bytes

TYPING = ["--step", "5", "--pause", "0.001"]
ITEMS = [item(number, kind=kind) for kind in ("SingleLine", "MultiLine") for number in range(2)]


class Engines:
    """Stands for `LlamaEngine`: the spliced one gets every second item wrong."""

    def __init__(self) -> None:
        self.made: list[tuple[Path, str]] = []
        self.closed: list[FakeEngine] = []

    def __call__(self, path: Path, options: Any) -> FakeEngine:
        self.made.append((path, options.splice))
        engine = FakeEngine(lambda request: self._answer(request, options.splice), info=EngineInfo("fake", threads=2))
        self.closed.append(engine)
        return engine

    @staticmethod
    def _answer(request: Request, splice: str) -> Answer | None:
        assert isinstance(request, FillRequest)
        for number, each in enumerate(ITEMS):
            if each.prompt == request.prefix and (splice == "off" or number % 2 == 0):
                return Answer.of(each.canonical_solution)
        return None


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engines:
    made = Engines()
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setattr(evaluation, "LlamaEngine", made)
    return made


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    model = tmp_path / "tiny.gguf"
    model.write_bytes(gguf_bytes())
    return ["eval", "infilling", str(write_items(tmp_path / "lines.jsonl.gz", *ITEMS)), "--model", str(model)]


def test_pass_at_1(engines: Engines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    printed, progress = capsys.readouterr()
    assert "100.0 % (exact match 100.0 %)" in printed
    assert "4 of 4" in printed
    assert "after typing" not in printed
    assert "4/4 MultiLineInfilling/HumanEval/1/L0: passed; pass@1 so far 100.0 %" in progress
    assert [splice for _, splice in engines.made] == ["off"]
    assert all(engine.closed for engine in engines.closed)


def test_typing_beside_its_control(
    engines: Engines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--typed"]) == 0
    printed, progress = capsys.readouterr()
    assert "-50.0 ± 25.0 points" in printed
    assert "≥ −1 point" in printed
    assert "2, 2, 0, 0" in printed
    assert "2/4 SingleLineInfilling/HumanEval/1/L0: passed; failed after typing" in progress
    assert [splice for _, splice in engines.made] == ["off", "auto"]
    assert all(engine.closed for engine in engines.closed)


def test_figures_are_printed_and_saved_with_what_they_depend_on(
    engines: Engines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--typed", "--json", "--save", str(tmp_path / "saved"), "--limit", "2", "--start", "1", *TYPING]
    assert main([*arguments, *more]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "saved" / "infilling-typed-lines.json").read_text())
    about = printed["figures"]["about"]
    assert (about["of"], about["start"], about["limit"], about["typed"]) == (4, 1, 2, True)
    assert about["method"] == {"raw": False, "characters": 24, "step": 5, "pause_seconds": 0.001, "related": 0}
    assert about["engine"]["threads"] == 2
    assert printed["figures"]["items"] == 2
    assert str(tmp_path) not in json.dumps(printed["figures"]["about"])
    assert printed["versions"]["mendline"]


def test_a_log_saves_a_second_run(
    engines: Engines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = str(tmp_path / "log.jsonl")
    assert main([*arguments, "--json", "--log", log, "--limit", "2"]) == 0
    capsys.readouterr()
    assert main([*arguments, "--json", "--log", log]) == 0
    printed, progress = capsys.readouterr()
    assert json.loads(printed)["figures"]["items"] == 4
    assert progress.count("passed;") == 2
    assert main([*arguments, "--raw", "--log", log]) == 2
    assert "is the log of a run with method" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--limit", "0"], "--limit"),
        (["--step", "0"], "--step"),
        (["--start", "4"], "none from number 4"),
        (["--model", "no-such-model"], "no-such-model"),
    ],
)
def test_bad_arguments_say_so(
    more: list[str], message: str, engines: Engines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, *more]) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_no_benchmark(engines: Engines, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("{}\n")
    assert main(["eval", "infilling", str(path), "--model", str(path)]) == 2
    assert "lines.jsonl" in capsys.readouterr().err


def test_the_help_says_that_programs_are_executed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "infilling", "--help"]) == 0
    assert "WROTE ARE EXECUTED" in capsys.readouterr().out
