from __future__ import annotations

import asyncio

import pytest

from mendline.engine.errors import EngineUnavailable, ModelInvalid
from mendline.engine.fake import FakeEngine
from mendline.engine.host.loading import LazyEngine
from mendline.engine.protocol import EngineInfo
from mendline.engine.status import EngineState
from support.slow_engine import SlowEngine


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_failure_is_remembered_for_a_while_and_tried_again_after() -> None:
    clock = Clock()
    outcomes: list[FakeEngine | Exception] = [ModelInvalid("cut off"), FakeEngine()]
    tried: list[int] = []

    def factory() -> FakeEngine:
        tried.append(len(tried))
        outcome = outcomes[len(tried) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    engine = LazyEngine(factory, clock=clock, retry_seconds=5)
    assert engine.state is EngineState.OFF
    for _ in range(3):
        with pytest.raises(ModelInvalid):
            await engine.get()
    assert (engine.state, len(tried)) == (EngineState.FAILED, 1)
    clock.now = 6.0
    assert await engine.get() is outcomes[1]
    assert (engine.state, len(tried)) == (EngineState.READY, 2)
    await engine.aclose()
    assert outcomes[1].closed


async def test_an_unforeseen_exception_becomes_one_line() -> None:
    def factory() -> FakeEngine:
        raise OSError("libllama.so: cannot open shared object file")

    with pytest.raises(EngineUnavailable, match=r"libllama\.so"):
        await LazyEngine(factory).get()


async def test_an_engine_that_fails_in_info_is_closed() -> None:
    class Broken(FakeEngine):
        async def info(self) -> EngineInfo:
            raise ModelInvalid("no tensors")

    broken = Broken()
    with pytest.raises(ModelInvalid):
        await LazyEngine(lambda: broken).get()
    assert broken.closed


async def test_it_tells_how_far_an_engine_is_that_says_so() -> None:
    slow = SlowEngine(0.25)
    engine = LazyEngine(lambda: slow)
    assert engine.progress is None
    engine.start()
    await asyncio.wait_for(slow.reached.wait(), 10)
    assert (engine.state, engine.progress) == (EngineState.LOADING, 0.25)
    slow.go_on.set()
    await engine.get()
    assert (engine.state, engine.progress) == (EngineState.READY, None)
    await engine.aclose()


async def test_of_an_engine_that_says_nothing_it_can_not_be_told() -> None:
    engine = LazyEngine(FakeEngine)
    await engine.get()
    assert engine.progress is None
