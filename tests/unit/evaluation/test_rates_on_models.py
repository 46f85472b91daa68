"""The benches of the engine's rates run on a real model and give figures; how good they are depends on the machine."""

from __future__ import annotations

import pytest

from mendline.engine.errors import EngineError
from mendline.engine.llama import LlamaOptions
from mendline.evaluation import candidates, decode_rate, restart, rewriting
from support.real_models import SMALL, model_path

OPTIONS = LlamaOptions(context_tokens=1024)
FUNCTION = rewriting.Function("one", "def add(a, b):\n    return a - b\n", "assert add(1, 2) == 3")

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]


async def test_the_engine_and_the_bare_loop_write_the_same() -> None:
    figures = await decode_rate.run(model_path(SMALL), OPTIONS, prompt_tokens=100, tokens=24, rounds=2)
    assert figures["steps"] >= decode_rate.LEAST_STEPS
    assert figures["identical_text"]
    assert figures["ratio"] > 0


async def test_a_text_too_short_to_be_timed() -> None:
    with pytest.raises(EngineError, match="too short"):
        await decode_rate.run(model_path(SMALL), OPTIONS, prompt_tokens=30, tokens=4, rounds=1)


async def test_candidates() -> None:
    figures = await candidates.run(model_path(SMALL), OPTIONS, count=2, tokens=8, rounds=1)
    assert figures["together_tokens"] >= 2
    assert figures["in_turn_tokens"] >= 2
    assert figures["ratio"] > 0


async def test_speculation() -> None:
    figures = await rewriting.run(model_path(SMALL), OPTIONS, [FUNCTION], tokens=40, observe=lambda *_: None)
    assert figures["functions"] == 1
    assert figures["ratio"] > 0


async def test_restart() -> None:
    figures = await restart.run(model_path(SMALL), OPTIONS, prompt_tokens=200, rounds=1)
    assert figures["identical_texts"] == 1
    assert figures["load_with_state_ms"] > 0
