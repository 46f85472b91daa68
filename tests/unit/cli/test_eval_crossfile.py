"""`mendline eval crossfile`: what it prints and saves. How figures come about is tested with the evaluation room."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mendline.cli import main
from mendline.engine.fake import FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import EngineInfo, FillRequest
from mendline.evaluation.crossfile import evaluation
from mendline.evaluation.crossfile.sample import draw_places
from support.code_folders import write_files
from support.python_package import write_package
from support.tiny_models import gguf_bytes


class Engines:
    """Stands for `LlamaEngine`: it knows the line exactly when it sees other files."""

    def __init__(self, package: Path) -> None:
        self.made: list[FakeEngine] = []
        self.places = draw_places([package], 3, 0)

    def __call__(self, _path: Path, _options: Any) -> FakeEngine:
        self.made.append(FakeEngine(self._answer, info=EngineInfo("fake", threads=2)))
        return self.made[-1]

    def _answer(self, request: Request) -> str | None:
        assert isinstance(request, FillRequest)
        if not request.context:
            return None
        ends = (place for place in self.places if request.suffix == place.text[place.call.line.end :])
        return next((f"{place.line}\n" for place in ends), None)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, package: Path) -> Engines:
    made = Engines(package)
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setattr(evaluation, "LlamaEngine", made)
    return made


@pytest.fixture
def arguments(tmp_path: Path, package: Path) -> list[str]:
    model = tmp_path / "tiny.gguf"
    model.write_bytes(gguf_bytes())
    return ["eval", "crossfile", str(package), "--model", str(model)]


def test_both_ways_are_printed(engines: Engines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    printed, progress = capsys.readouterr()
    assert "3 in 1 files of 1 packages" in printed
    assert "Places where the definition was in sight: 3" in printed
    assert "3/3; exact: 0 from the file alone, 3 with other files" in progress
    assert [engine.closed for engine in engines.made] == [True]


def test_figures_are_printed_and_saved_with_what_they_depend_on(
    engines: Engines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--json", "--places", "2", "--seed", "0", "--save", str(tmp_path / "saved")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "saved" / "crossfile-automatic.json").read_text())
    figures = printed["figures"]
    assert figures["all"]["places"] == 2
    assert figures["all"]["exact"]["points"] == 100
    assert (figures["about"]["packages"], figures["about"]["trigger"]) == (["shapes"], "automatic")
    assert str(tmp_path) not in json.dumps(figures["about"])


def test_a_log_is_continued_by_the_same_run_only(
    engines: Engines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = ["--log", str(tmp_path / "log.jsonl")]
    assert main([*arguments, *log, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["figures"]
    assert main([*arguments, *log, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"] == first
    assert not engines.made[1].records
    assert main([*arguments, *log, "--trigger", "invoked"]) == 2
    assert "is the log of a run with trigger" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--places", "0"], "--places"),
        (["no_such_package"], "no_such_package is no installed package"),
        (["--model", "no-such-model"], "no-such-model"),
    ],
)
def test_bad_arguments_say_so(
    more: list[str], message: str, engines: Engines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, *more]) == 2
    assert message in capsys.readouterr().err


def test_a_package_without_such_lines(
    engines: Engines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(tmp_path / "plain", {"__init__.py": "x = 1\n"})
    assert main(["eval", "crossfile", str(tmp_path / "plain"), *arguments[3:]]) == 2
    assert "no line of these packages" in capsys.readouterr().err
