"""How long an engine stays busy after a request was cancelled in the middle of its prefill."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Protocol

from attrs import frozen

from mendline.engine.protocol import Engine, FillRequest, Sampling


class IdlingEngine(Engine, Protocol):
    """An engine that can say when it is free; `engine.llama.LlamaEngine` is one."""

    async def idle(self) -> None:
        """Return as soon as the engine could take the next request."""
        ...


@frozen
class AbortStats:
    """What was measured.

    Attributes:
        prompt_tokens: length of the prompts that were cancelled.
        prefill_seconds: how long such a prefill takes when it is let be.
        seconds: from each cancellation to the idle engine, sorted.
    """

    prompt_tokens: int
    prefill_seconds: float
    seconds: tuple[float, ...]

    @property
    def p50(self) -> float:
        """Median, in seconds."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """The time that 95 % of cancellations stay under (nearest rank), in seconds."""
        return self.seconds[max(-(-len(self.seconds) * 95 // 100) - 1, 0)]


async def measure_abort(engine: IdlingEngine, prompt_tokens: int = 2000, repeats: int = 20) -> AbortStats:
    """Cancel a fill at moments spread over its prefill, and time each cancellation until the engine is idle.

    Before each try the prompt is prefilled up to that moment, so that all tries together cost about two prefills.

    Args:
        engine: what to measure; idle, with a context of more than `prompt_tokens`.
        prompt_tokens: about how long the prompt is.
        repeats: how many cancellations.
    """
    await engine.info()
    whole = await engine.warm(_request(prompt_tokens, name="whole"))
    seconds: list[float] = []
    for repeat in range(repeats):
        await engine.warm(_request(prompt_tokens * repeat // repeats, name="cancelled"))
        task = asyncio.create_task(_consume(engine, _request(prompt_tokens, name="cancelled")))
        await asyncio.sleep(whole.prompt_seconds / repeats / 2)
        if task.done():
            raise ValueError("the prefill ended before it could be cancelled: use a longer prompt or fewer repeats")
        started = time.perf_counter()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await engine.idle()
        seconds.append(time.perf_counter() - started)
    return AbortStats(whole.prompt_tokens, whole.prompt_seconds, tuple(sorted(seconds)))


async def _consume(engine: Engine, request: FillRequest) -> None:
    async for _ in engine.fill(request):
        pass


def _request(tokens: int, name: str) -> FillRequest:
    # Ten tokens a line, give or take, in the vocabularies of code models.
    lines = [f"{name}_{number} = {number}" for number in range(tokens // 10)]
    return FillRequest(prefix="\n".join(lines), suffix="\n", sampling=Sampling(max_tokens=1))
