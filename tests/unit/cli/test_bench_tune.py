"""`mendline bench tune`: what it prints, remembers and forgets. How it measures is tested with the evaluation room."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from mendline.cli import main
from mendline.engine.llama.backend import describe_backend
from mendline.engine.llama.tuned import Tuned, identity, recall
from mendline.evaluation.tuning import tune
from mendline.evaluation.tuning.search import Comparison
from mendline.evaluation.tuning.setups import AbortCost, Setup, Speed
from support.tiny_models import gguf_bytes

RULE = Setup(threads=2, repack=False, flash_attention=False, micro_batch=64)
BEST = evolve(RULE, micro_batch=32)
SPEED = Speed((0.01, 0.02, 0.01), (0.05, 0.05, 0.9))
TUNED = Tuned("2026-01-31", gpu=False, threads=2, repack=False, flash_attention=False, micro_batch=32)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_bytes())
    return path


def measured(monkeypatch: pytest.MonkeyPatch, others: float) -> None:
    comparison = Comparison("micro-batch", {RULE: SPEED, BEST: SPEED}, BEST, {BEST: AbortCost(0.004, 0.2)})
    tuning = tune.Tuning(RULE, (comparison,), TUNED, 0, 29, 90.0, others)
    monkeypatch.setattr(tune, "others_now", lambda: others)
    monkeypatch.setattr(tune, "tune", lambda _path, _gpu_layers, _say: tuning)


def kept(model: Path) -> Tuned | None:
    return recall(model.parent / "state" / "tuned", identity(model, describe_backend()))


@pytest.mark.parametrize(("others", "remembered"), [(0.01, True), (0.6, False)])
@pytest.mark.parametrize("anyway", [False, True])
def test_a_result_is_remembered_if_the_machine_was_quiet(
    others: float,
    remembered: bool,
    anyway: bool,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    measured(monkeypatch, others)
    assert main(["bench", "tune", "--model", str(model), *(["--anyway"] if anyway else [])]) == 0
    printed = capsys.readouterr()
    assert kept(model) == (TUNED if remembered or anyway else None)
    assert "▸ micro-batch: 32" in printed.out
    assert "100 tokens/s, decode 50.0 ms; an abort loses 200 ms, busy 4 ms" in printed.out
    assert ("better end them first" in printed.err) is (not remembered)
    assert ("mendline engine stop" if remembered or anyway else "60% of the processor meanwhile") in printed.err


def test_the_figures_are_printed_and_saved(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured(monkeypatch, 0.0)
    assert main(["bench", "tune", "--model", str(model), "--json", "--save", str(tmp_path / "results")]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "results" / "tune.json").read_text())
    assert printed["figures"]["chosen"]["micro_batch"] == 32
    assert printed["figures"]["remembered"] is True


def test_what_was_measured_is_forgotten(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured(monkeypatch, 0.0)
    assert main(["bench", "tune", "--model", str(model)]) == 0
    assert main(["bench", "tune", "--model", str(model), "--forget"]) == 0
    assert kept(model) is None
    assert "Forgot" in capsys.readouterr().out
    assert main(["bench", "tune", "--model", str(model), "--forget"]) == 0
    assert "Nothing was measured" in capsys.readouterr().out


def test_a_model_that_is_not_there_is_one_line(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "tune", "--model", f"{model}.none"]) == 2
    assert "Traceback" not in capsys.readouterr().err
