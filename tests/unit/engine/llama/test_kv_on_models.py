"""The KV cache on real models: what the simulated one of the other tests can't show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from attrs import evolve

from mendline.engine.errors import EngineRefused
from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.protocol import ChatRequest, Chunk, FillRequest, Message, Priority, Role, Sampling, Usage
from support.real_models import DEFAULT, SMALL, collected, model_path

pytestmark = pytest.mark.model

BEFORE = '''"""Shapes."""

import math


class Circle:
    def __init__(self, radius: float) -> None:
        self.radius = radius

    def circumference(self) -> float:
        return 2 * math.pi * self.radius

    def area(self) -> float:
        '''
AFTER = """

class Square:
    def __init__(self, side: float) -> None:
        self.side = side

    def circumference(self) -> float:
        return 4 * self.side

    def area(self) -> float:
        return self.side ** 2
"""
LONG = "\n".join(f"value_{number} = {number}" for number in range(90))
COPY = """def mean(values):
    total = 0
    for value in values:
        total += value
    return total / len(values)
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine(model_path(DEFAULT), LlamaOptions(context_tokens=2048))
    yield engine
    asyncio.run(engine.aclose())


def fill(typed: str, *, max_tokens: int = 24, **sampling: object) -> FillRequest:
    return FillRequest(BEFORE + typed, AFTER, sampling=Sampling(max_tokens=max_tokens, **sampling))  # type: ignore[arg-type]


def usage(last: Chunk) -> Usage:
    assert last.usage is not None
    return last.usage


async def test_typing_is_seen_though_the_suffix_is_only_moved(engine: LlamaEngine) -> None:
    await collected(engine.fill(fill("")))
    for typed, expected in (
        ("r", "eturn math.pi"),
        ("return", " math.pi"),
        ("return self.", "radius"),
        ("area = ", ""),
    ):
        text, last = await collected(engine.fill(fill(typed, stop=("\n",))))
        assert text.startswith(expected)
        assert usage(last).approximate_tokens > 40
        assert usage(last).prompt_tokens - usage(last).cached_tokens <= 8


async def test_what_was_moved_becomes_exact_when_nobody_asks() -> None:
    engine = LlamaEngine(model_path(DEFAULT), LlamaOptions(context_tokens=1024), upkeep_after=0.05)
    try:
        await collected(engine.fill(fill("")))
        _, spliced = await collected(engine.fill(fill("ret")))
        assert usage(spliced).approximate_tokens
        for pause in (1, 2, 4, 8, 16, 32):
            await asyncio.sleep(pause)  # idle time is the thing under test; a slow machine needs more for a piece
            _, again = await collected(engine.fill(fill("ret", max_tokens=1)))
            if not usage(again).approximate_tokens:
                break
        assert usage(again).approximate_tokens == 0
    finally:
        await engine.aclose()


async def test_another_document_does_not_push_out_the_first(engine: LlamaEngine) -> None:
    await collected(engine.fill(fill("return ")))
    await collected(engine.chat(ChatRequest((Message(Role.USER, LONG),), Sampling(max_tokens=1))))
    _, last = await collected(engine.fill(fill("return ")))
    assert usage(last).prompt_tokens - usage(last).cached_tokens <= 1


async def test_candidates_share_their_prompt(engine: LlamaEngine) -> None:
    request = fill("return ", max_tokens=12, n=3, temperature=0.9, seed=7)
    chunks = [chunk async for chunk in engine.fill(request)]
    texts = ["".join(chunk.text for chunk in chunks if chunk.candidate == number) for number in range(3)]
    assert all(texts)
    assert sum(chunk.finish is not None for chunk in chunks) == 3
    assert usage(chunks[-1]).completion_tokens <= 36
    alone, _ = await collected(engine.fill(evolve(request, sampling=evolve(request.sampling, n=1))))
    assert alone == texts[0]


@pytest.mark.parametrize("n", [0, 9])
async def test_too_many_candidates_are_refused(engine: LlamaEngine, n: int) -> None:
    with pytest.raises(EngineRefused, match="1 to 8 candidates"):
        await collected(engine.fill(fill("", n=n)))


async def test_a_keystroke_overtakes_a_chat_which_then_goes_on(engine: LlamaEngine) -> None:
    question = ChatRequest((Message(Role.USER, "Count from 1 to 30, separated by commas."),), Sampling(max_tokens=60))
    alone, _ = await collected(engine.chat(question))
    order: list[str] = []
    began = asyncio.Event()

    async def chat() -> str:
        text = ""
        async for chunk in engine.chat(question):
            order.append("chat")
            text += chunk.text
            began.set()
        return text

    running = asyncio.create_task(chat())
    await began.wait()
    order += ["keystroke" async for _ in engine.fill(fill("return ", max_tokens=6, stop=("\n",)))]
    assert await running == alone
    first = order.index("keystroke")
    last = len(order) - 1 - order[::-1].index("keystroke")
    # One more piece of the chat may have been under way, no more.
    assert order[first:last].count("chat") <= 1
    assert order[-1] == "chat"


@pytest.mark.parametrize(
    "prompt",
    [
        f"Rename `values` to `numbers` in this function and write the whole function:\n\n```python\n{COPY}```",
        "Count from one to twenty in English words.",
    ],
    ids=["copy", "no copy"],
)
async def test_guesses_do_not_change_greedy_text(prompt: str) -> None:
    request = ChatRequest((Message(Role.USER, prompt),), Sampling(max_tokens=80))
    texts = []
    drafted = []
    for speculation in ("off", "auto"):
        # A new engine each: a prompt that was computed in other pieces differs in the last digits, too.
        options = LlamaOptions(context_tokens=1024, speculation=speculation)  # type: ignore[arg-type]
        engine = LlamaEngine(model_path(DEFAULT), options)
        try:
            text, last = await collected(engine.chat(request))
        finally:
            await engine.aclose()
        texts.append(text)
        drafted.append(usage(last).drafted_tokens)
    assert texts[0] == texts[1]
    assert drafted[0] == 0
    assert bool(drafted[1]) == ("```" in prompt)


@pytest.mark.parametrize("model", [SMALL, DEFAULT], ids=["small", "default"])
async def test_a_prompt_survives_a_restart(tmp_path: Path, model: tuple[str, str]) -> None:
    options = LlamaOptions(context_tokens=1024, saved_state_mb=256, state_folder=tmp_path / "states")
    request = FillRequest(LONG[:900], LONG[900:1200], sampling=Sampling(max_tokens=4))

    async def once(asked: FillRequest) -> tuple[str, Usage]:
        engine = LlamaEngine(model_path(model), options)
        try:
            text, last = await collected(engine.fill(asked))
            return text, usage(last)
        finally:
            await engine.aclose()

    before, cold = await once(request)
    after, restored = await once(request)
    assert cold.cached_tokens == 0
    assert restored.cached_tokens == restored.prompt_tokens - 1
    assert after == before
    _, typed = await once(evolve(request, prefix=request.prefix + "7"))
    assert typed.prompt_tokens - typed.cached_tokens < 8
    other = evolve(options, kv_type="f16", flash_attention="on")
    engine = LlamaEngine(model_path(model), other)
    try:
        _, last = await collected(engine.fill(request))
    finally:
        await engine.aclose()
    assert usage(last).cached_tokens == 0, "made with other settings"


async def stream_end(stream: AsyncIterator[Chunk]) -> Chunk:
    return [chunk async for chunk in stream][-1]


async def test_warming_in_the_background_gives_way(engine: LlamaEngine) -> None:
    request = FillRequest(LONG, sampling=Sampling(max_tokens=2), priority=Priority.BACKGROUND)
    warming = asyncio.create_task(engine.warm(request))
    await asyncio.sleep(0)
    last = await stream_end(engine.fill(fill("return ", max_tokens=2)))
    assert last.usage is not None
    assert not warming.done()
    warmed = await warming
    assert warmed.prompt_tokens > 400
    assert usage(await stream_end(engine.fill(request))).cached_tokens == warmed.prompt_tokens - 1
