"""A real model, measured in the shortest time that gives figures."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.model import Context, ContextSize, LoadFailed, Model
from mendline.engine.llama.tuned import Tuned
from mendline.evaluation.tuning import meter, setups, tune
from mendline.evaluation.tuning.search import Comparison
from mendline.evaluation.tuning.setups import Setup
from support.real_models import SMALL, model_path


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "DEPTH", 16)
    monkeypatch.setattr(meter, "TURNS", 2)
    monkeypatch.setattr(meter, "PROMPT_TOKENS", 16)
    monkeypatch.setattr(meter, "ABORTS", 2)


@pytest.mark.model
def test_every_figure_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = setups.Candidates(((False, False), (True, True)), (1,), (16, 32))
    monkeypatch.setattr(tune, "candidates", lambda *_args, **_kwargs: tried)
    said: list[str] = []
    tuning = tune.tune(model_path(SMALL), "auto", said.append)
    figures = json.loads(json.dumps(tuning.figures()))
    assert said == ["weights and attention", "threads", "micro-batch"]
    assert figures["comparisons"][0]["about"] == "weights and attention"
    for comparison in figures["comparisons"]:
        assert sum(each["won"] for each in comparison["setups"]) == 1
        assert all(each["decode_ms"] > 0 and each["prefill_tokens_per_second"] > 0 for each in comparison["setups"])
    assert tuning.tuned.micro_batch == tuning.chosen.micro_batch
    assert figures["seconds"] > 0
    assert 0 <= figures["other_programs_share"] <= 1


@pytest.mark.model
def test_a_setup_that_cannot_be_run_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def context(model: Model, size: ContextSize, abort: AbortFlag) -> Context:
        if size.flash_attention:
            raise LoadFailed("no such thing here")
        return Context(model, size, abort)

    monkeypatch.setattr(meter, "Context", context)
    measured = meter.ModelMeter(model_path(SMALL), 0)
    good = Setup(threads=1, repack=False, flash_attention=False, micro_batch=16)
    try:
        speeds = measured.compare((good, evolve(good, flash_attention=True)))
        assert set(speeds) == {good}
        assert set(measured.aborts(speeds)) == {good}
    finally:
        measured.close()


def test_a_measurement_among_other_programs_is_not_trusted() -> None:
    setup = Setup(1, False, False, 64)
    tuned = Tuned("2026-01-31", gpu=False, threads=1, repack=False, flash_attention=False, micro_batch=64)
    quiet = tune.Tuning(setup, (Comparison("threads", {}, setup),), tuned, 0, 29, 60.0, others=0.02)
    assert quiet.trustworthy
    assert not evolve(quiet, others=0.5).trustworthy
