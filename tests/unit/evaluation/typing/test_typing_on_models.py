"""The bench with a real engine; how good its figures are depends on the machine."""

from __future__ import annotations

import pytest

from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation.typing.bench import Measured, Plan, run
from mendline.evaluation.typing.counting import token_counter
from mendline.evaluation.typing.replay import Pace
from mendline.evaluation.typing.sources import Recorded, Synthetic
from mendline.evaluation.typing.synthetic import own_source
from mendline.evaluation.typing.traces import Action, Delete, Open, Type

SMALL = "smollm2-135m-instruct"

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]

TRACE: list[Action] = [Open("def add(a, b):\n    return \n" * 40, 25), Type("a +"), Delete(1)]


def measured(*, whole: bool = False) -> Measured:
    return Measured(
        model=SMALL,
        path=ModelStore.default().resolve(SMALL),
        options=LlamaOptions(),
        whole=whole,
        llama_server=None,
        max_tokens=4,
    )


async def test_made_traces_on_the_engine_alone() -> None:
    said: list[str] = []
    plan = Plan(measured(), Synthetic(own_source(), 3, 0), (160, 256), Pace())
    figures = await run(plan, said.append)
    assert list(figures["contexts"]) == ["160", "256"]
    for systems in figures["contexts"].values():
        mine = systems["mendline"]
        assert mine["keystrokes"] == 3
        assert mine["first_token_ms"]["p50"] <= mine["line_ms"]["p50"]
        assert mine["arrivals"]["computed_tokens"] > mine["computed_tokens"]
        assert mine["resident_mib"] > 50
    assert figures["trace"]["kind"] == "synthetic"
    assert said[-1] == "256 tokens: 4 of 4 requests"


async def test_a_recorded_trace_on_the_whole_path() -> None:
    plan = Plan(measured(whole=True), Recorded("trace", TRACE, 2), (160,), Pace())
    figures = await run(plan, lambda _text: None)
    (name,) = figures["systems"]
    mine = figures["contexts"]["160"][name]
    assert mine["keystrokes"] == 2
    assert mine["first_token_ms"] is None
    assert mine["line_ms"]["p50"] > 0
    assert mine["cpu_seconds"] is not None


def test_tokens_are_the_models() -> None:
    with token_counter(ModelStore.default().resolve(SMALL)) as count:
        assert count("") == 0
        assert 3 <= count("def add(a, b):\n") <= 12
