"""`mendline eval crossfile`: what it prints and saves. How figures come about is tested with the evaluation room."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from mendline.cli import main
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import FillRequest
from mendline.evaluation.crossfile import evaluation
from mendline.evaluation.crossfile.sample import draw_places
from support.code_folders import write_files
from support.made_engines import MadeEngines, tiny_model
from support.python_package import write_package


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, package: Path) -> MadeEngines:
    places = draw_places([package], 3, 0)

    def answer(request: Request) -> str | None:
        """Write the line exactly when other files are in sight."""
        assert isinstance(request, FillRequest)
        if not request.context:
            return None
        ends = (place for place in places if request.suffix == place.text[place.call.line.end :])
        # How the line begins may be given.
        begun = request.prefix.rpartition("\n")[2].strip()
        return next((f"{place.line.removeprefix(begun)}\n" for place in ends), None)

    made = MadeEngines(answer)
    made.install(monkeypatch, evaluation, tmp_path)
    return made


@pytest.fixture
def arguments(tmp_path: Path, package: Path) -> list[str]:
    return ["eval", "crossfile", str(package), *tiny_model(tmp_path)]


def test_both_ways_are_printed(
    engines: MadeEngines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    printed, progress = capsys.readouterr()
    assert "3 in 1 files of 1 packages" in printed
    assert "Places where the definition was in sight: 3" in printed
    assert "3/3; exact: 0 from the file alone, 3 with other files" in progress
    assert [engine.closed for engine in engines.made] == [True]


def test_figures_are_printed_and_saved_with_what_they_depend_on(
    engines: MadeEngines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--json", "--places", "2", "--seed", "0", "--save", str(tmp_path / "saved")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "saved" / "crossfile-automatic.json").read_text())
    figures = printed["figures"]
    assert figures["all"]["places"] == 2
    assert figures["all"]["exact"]["points"] == 100
    assert (figures["about"]["packages"], figures["about"]["trigger"]) == (["shapes"], "automatic")
    assert str(tmp_path) not in json.dumps(figures["about"])


def test_without_a_model_it_is_told_what_one_would_see(
    engines: MadeEngines, package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "crossfile", str(package), "--answers", "none", "--json", "--save", str(tmp_path)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "crossfile-prompts.json").read_text())
    assert printed["figures"]["all"]["related"]["offered"]["share"] == 1
    assert printed["figures"]["all"]["without"]["offered"]["share"] == 0
    assert not engines.made
    assert main(["eval", "crossfile", str(package), "--answers", "none"]) == 0
    assert "what is to be called is named in related code" in capsys.readouterr().out


def test_a_log_is_continued_by_the_same_run_only(
    engines: MadeEngines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
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
    more: list[str], message: str, engines: MadeEngines, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, *more]) == 2
    assert message in capsys.readouterr().err


def test_a_package_without_such_lines(
    engines: MadeEngines, arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(tmp_path / "plain", {"__init__.py": "x = 1\n"})
    assert main(["eval", "crossfile", str(tmp_path / "plain"), *arguments[3:]]) == 2
    assert "no line of these packages" in capsys.readouterr().err
