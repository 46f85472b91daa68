"""The engine's thread, with a session on simulated cells: defects, upkeep, closing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from attrs import define, field

from mendline.engine.errors import EngineError, EngineUnavailable
from mendline.engine.llama import LlamaEngine
from mendline.engine.llama.kv.cache import KvCache
from mendline.engine.llama.prompt import Prompt
from mendline.engine.llama.scheduler import Scheduler
from mendline.engine.llama.steps import Steps
from mendline.engine.protocol import Chunk, FillRequest, FinishReason, Usage
from support.simulated_cells import SimulatedCells


@define(slots=False)
class Stage:
    """What the sessions of a test have in common.

    Attributes:
        defects: how many decode calls go wrong in a way nothing expects.
        sessions: how many were made.
        tended: set when upkeep is asked for.
    """

    defects: int = 0
    sessions: int = 0
    closed: int = 0
    tended: threading.Event = field(factory=threading.Event)

    def session(self, *_: object) -> object:
        self.sessions += 1
        cells = SimulatedCells()
        cache = KvCache(cells)

        def observe(_tokens: int, _seconds: float) -> None:
            if self.defects:
                self.defects -= 1
                raise ZeroDivisionError("a defect")

        def fill(request: FillRequest, emit: Callable[[Chunk], None]) -> Steps[None]:
            loaded = yield from cache.load(Prompt(tuple(len(word) for word in request.prefix.split())))
            cache.release(loaded.strand)
            emit(Chunk(finish=FinishReason.STOP, usage=Usage(cached_tokens=loaded.cached)))

        def upkeep() -> None:
            self.tended.set()

        def close(*, keep: bool) -> None:
            self.closed += 1

        scheduler = Scheduler(cells, cache, observe=observe)
        info = SimpleNamespace(gpu_layers=0)
        return SimpleNamespace(info=info, scheduler=scheduler, fill=fill, upkeep=upkeep, close=close)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage()
    monkeypatch.setattr("mendline.engine.llama.worker.Session", made.session)
    return made


async def answer(stream: AsyncIterator[Chunk]) -> Usage:
    (chunk,) = [chunk async for chunk in stream]
    assert chunk.usage is not None
    return chunk.usage


async def test_a_defect_fails_the_request_and_the_next_one_gets_a_new_model(stage: Stage) -> None:
    engine = LlamaEngine(Path("model.gguf"))
    stage.defects = 1
    with pytest.raises(EngineError, match="ZeroDivisionError"):
        await answer(engine.fill(FillRequest("a")))
    assert (await answer(engine.fill(FillRequest("a")))).cached_tokens == 0
    assert (stage.sessions, stage.closed) == (2, 1)
    await engine.aclose()
    assert stage.closed == 2


async def test_the_cache_is_not_looked_after_between_requests(stage: Stage) -> None:
    engine = LlamaEngine(Path("model.gguf"), upkeep_after=3600)
    for _ in range(3):
        await answer(engine.fill(FillRequest("a b")))
        await engine.idle()
    assert not stage.tended.is_set()
    await engine.aclose()


async def test_it_is_looked_after_in_a_pause(stage: Stage) -> None:
    engine = LlamaEngine(Path("model.gguf"), upkeep_after=0.01)
    await answer(engine.fill(FillRequest("a b")))
    assert await asyncio.to_thread(stage.tended.wait, 20)
    await engine.aclose()


async def test_requests_after_closing_are_refused(stage: Stage) -> None:
    engine = LlamaEngine(Path("model.gguf"))
    await engine.aclose()
    with pytest.raises(EngineUnavailable):
        await answer(engine.fill(FillRequest("a")))
    assert stage.sessions == 0
