"""`mendline eval repair`: what it prints and saves. How figures come about is tested with the evaluation room."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from mendline.cli import main
from mendline.engine.fake import FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import ChatRequest, EngineInfo
from mendline.evaluation.repair import evaluation
from support.fim_items import write_lines
from support.fix_tasks import fix_task
from support.tiny_models import gguf_bytes


def _answer(request: Request) -> str:
    """Rewrites the right program for the first task, and something else for the second."""
    assert isinstance(request, ChatRequest)
    return "def add_1(value):\n    return value + 1\n```" if "add_1(" in request.messages[1].content else "pass\n```"


@pytest.fixture
def arguments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr(
        evaluation, "LlamaEngine", lambda path, options: FakeEngine(_answer, info=EngineInfo("fake", threads=2))
    )
    model = tmp_path / "tiny.gguf"
    model.write_bytes(gguf_bytes())
    data = tmp_path / "data"
    write_lines(data / "python.jsonl.gz", fix_task(1), fix_task(2, bug_type="value misuse"))
    return ["eval", "repair", "--data", str(data), "--model", str(model), "--rounds", "1", "--candidates", "0"]


def test_arms_are_shown_side_by_side(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--limit", "2"]) == 0
    printed, progress = capsys.readouterr()
    assert "python: 2 tasks" in printed
    assert "one shot" in printed
    assert "50.0 %" in printed
    assert "value misuse" in printed
    assert "≥ +15" in printed
    assert "made worse and called verified" in printed
    assert "2/2; Python/2: passed so far" in progress


def test_figures_are_saved_and_a_log_is_gone_on_with(
    arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    assert main([*arguments, "--json", "--no-accuse", "--log", str(log)]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main([*arguments, "--json", "--no-accuse", "--log", str(log)]) == 0
    again = json.loads(capsys.readouterr().out)
    figures = again["figures"]["groups"]["python"]
    assert first["figures"]["groups"] == again["figures"]["groups"]
    # The second task is one operator away.
    counts = {name: arm["pass_at_1"]["count"] for name, arm in figures["arms"].items()}
    assert counts == {"one shot": 1, "resampling": 1, "loop": 2}
    assert figures["right"]["changed"] == {"count": 0, "of": 0}
    assert len(log.read_text().splitlines()) == 3


def test_a_file_that_holds_no_tasks_is_named(
    arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = write_lines(tmp_path / "empty.jsonl")
    assert main(["eval", "repair", "--data", str(empty), *arguments[4:]]) == 2
    assert f"{empty} has no tasks in it" in capsys.readouterr().err
