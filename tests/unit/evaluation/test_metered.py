from __future__ import annotations

import asyncio

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import Answer, FakeEngine, Gate
from mendline.engine.protocol import ChatRequest, FillRequest, Message, Role
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.timed import timed


class Clock:
    """Goes on by a second each time it is looked at; `elapse` is what happens outside of the engine."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now

    def elapse(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("request_", [FillRequest("x = "), ChatRequest((Message(Role.USER, "x"),))])
async def test_what_the_consumer_does_between_two_pieces_is_not_counted(request_: FillRequest | ChatRequest) -> None:
    clock = Clock()
    engine = MeteredEngine(FakeEngine(default="1 + 2"), clock)
    stream = engine.fill(request_) if isinstance(request_, FillRequest) else engine.chat(request_)
    pieces = 0
    async for _ in stream:
        pieces += 1
        clock.elapse(100)
    assert pieces > 2
    # One second for each piece, and one for the end.
    assert engine.seconds == pieces + 1


async def test_a_stream_that_is_left_counts_up_to_its_stop() -> None:
    clock = Clock()
    fake = FakeEngine(default="1 + 2")
    engine = MeteredEngine(fake, clock)
    stream = engine.fill(FillRequest("x = "))
    await anext(stream)
    clock.elapse(100)
    await stream.aclose()
    assert engine.seconds == 2
    assert fake.records[0].cancelled


async def test_two_streams_at_once_count_once() -> None:
    now = 0.0
    gate = Gate()
    engine = MeteredEngine(FakeEngine(default="1 + 2", prefill_gate=gate), lambda: now)
    both = [asyncio.create_task(timed(engine.fill(FillRequest(prefix)))) for prefix in ("a", "b")]
    await gate.reached.wait()
    now = 5.0
    gate.open()
    await asyncio.gather(*both)
    assert engine.seconds == 5


async def test_a_failure_passes_through() -> None:
    engine = MeteredEngine(FakeEngine(default=Answer.of("1", error=EngineDied("no"))), Clock())
    with pytest.raises(EngineDied):
        await timed(engine.fill(FillRequest("x = ")))
    assert engine.seconds > 0


async def test_the_rest_is_the_engines() -> None:
    fake = FakeEngine()
    engine = MeteredEngine(fake)
    assert (await engine.info()).model == "fake"
    assert (await engine.warm(FillRequest("a b"))).prompt_tokens == 2
    await engine.aclose()
    assert fake.closed
    assert engine.seconds == 0
