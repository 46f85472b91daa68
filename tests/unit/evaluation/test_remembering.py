from __future__ import annotations

import pytest

from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import ChatRequest, FillRequest, Message, Role, Sampling
from mendline.evaluation.remembering import RememberingEngine

Request = FillRequest | ChatRequest

FILL = FillRequest("x = ")
CHAT = ChatRequest((Message(Role.USER, "x"),))
DRAWN = FillRequest("x = ", sampling=Sampling(temperature=0.7, seed=1, n=2))


async def text(engine: RememberingEngine, request: Request, most: int = 99) -> str:
    """The text of a request's stream, or of so many pieces of it."""
    stream = engine.fill(request) if isinstance(request, FillRequest) else engine.chat(request)
    pieces: list[str] = []
    try:
        async for chunk in stream:
            pieces.append("".join(token.text for token in chunk.tokens))
            if len(pieces) == most:
                break
    finally:
        await stream.aclose()
    return "".join(pieces)


def counting() -> tuple[RememberingEngine, FakeEngine]:
    """An engine that gives another answer each time."""
    numbers = iter(range(1, 99))
    fake = FakeEngine(lambda _: Answer.of(*[f"1 + 2 + {next(numbers)}"] * 2))
    return RememberingEngine(fake), fake


@pytest.mark.parametrize("request_", [FILL, CHAT, DRAWN])
async def test_the_same_question_gets_the_same_answer_until_it_is_forgotten(request_: Request) -> None:
    engine, fake = counting()
    first = await text(engine, request_)
    assert first
    assert await text(engine, request_) == first
    assert len(fake.requests) == 1
    engine.forget()
    assert await text(engine, request_) != first
    assert len(fake.requests) == 2


async def test_what_is_drawn_without_a_seed_is_drawn_anew() -> None:
    engine, fake = counting()
    request = FillRequest("x = ", sampling=Sampling(temperature=0.7))
    assert await text(engine, request) != await text(engine, request)
    assert len(fake.requests) == 2


async def test_who_reads_no_further_than_others_did_waits_for_nothing() -> None:
    fake = FakeEngine(default="1 + 2 + 3")
    engine = RememberingEngine(fake)
    whole = await text(RememberingEngine(fake), FILL)
    asked = len(fake.requests)
    beginning = await text(engine, FILL, most=2)
    assert whole.startswith(beginning)
    assert await text(engine, FILL, most=2) == beginning
    assert await text(engine, FILL, most=1)
    assert len(fake.requests) == asked + 1
    # Further on, all is computed again, and nothing is said twice.
    assert await text(engine, FILL) == whole
    assert len(fake.requests) == asked + 2
    assert await text(engine, FILL) == whole
    assert len(fake.requests) == asked + 2


async def test_a_prompt_is_prefilled_once() -> None:
    fake = FakeEngine(default="1")
    engine = RememberingEngine(fake)
    usage = await engine.warm(FILL)
    asked = len(fake.requests)
    assert await engine.warm(FILL) == usage
    assert len(fake.requests) == asked == 1
    assert (await engine.info()).model
