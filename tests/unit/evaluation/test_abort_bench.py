from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.protocol import ChatRequest, Chunk, EngineInfo, FillRequest, FinishReason, Usage
from mendline.evaluation.abort_bench import AbortStats, measure_abort
from support.real_models import SMALL, model_path


class Instant:
    """An engine whose prefill takes no time, so that nothing can be cancelled in it."""

    async def fill(self, request: FillRequest) -> AsyncIterator[Chunk]:
        yield Chunk(finish=FinishReason.STOP)

    def chat(self, request: ChatRequest) -> AsyncIterator[Chunk]:
        raise NotImplementedError

    async def warm(self, request: FillRequest) -> Usage:
        return Usage(prompt_tokens=9, prompt_seconds=0.01)

    async def info(self) -> EngineInfo:
        return EngineInfo("instant")

    async def idle(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


@pytest.mark.parametrize(
    ("count", "p50", "p95"), [(1, 1, 1), (2, 1.5, 2), (20, 10.5, 19), (21, 11, 20), (100, 50.5, 95)]
)
def test_percentiles(count: int, p50: float, p95: float) -> None:
    stats = AbortStats(2000, 1.0, tuple(float(second) for second in range(1, count + 1)))
    assert (stats.p50, stats.p95) == (p50, p95)


async def test_a_prefill_that_ends_too_soon_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="longer prompt"):
        await measure_abort(Instant(), repeats=2)


@pytest.mark.model
async def test_cancelling_is_faster_than_the_prefill() -> None:
    engine = LlamaEngine(model_path(SMALL), LlamaOptions(context_tokens=1024))
    stats = await measure_abort(engine, prompt_tokens=600, repeats=3)
    await engine.aclose()
    assert len(stats.seconds) == 3
    assert 400 < stats.prompt_tokens < 800
    assert stats.p50 < stats.prefill_seconds / 2
