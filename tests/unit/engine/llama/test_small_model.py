"""The engine with a real, small model that has no fill-in-the-middle markers."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from mendline.engine.errors import EngineError, EngineUnavailable
from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.llama.model import Model
from mendline.engine.llama.session import Session
from mendline.engine.llama.steps import Steps
from mendline.engine.llama.worker import Worker
from mendline.engine.protocol import (
    ChatRequest,
    Chunk,
    Engine,
    FillRequest,
    FillSupport,
    FinishReason,
    Message,
    Priority,
    Role,
    Sampling,
    Token,
)
from support.real_models import SMALL, collected, model_path

pytestmark = pytest.mark.model

OPTIONS = LlamaOptions(context_tokens=1024)
COUNTING = "1, 2, 3, 4, 5, 6,"
LONG = "\n".join(f"value_{number} = {number}" for number in range(90))
QUESTION = ChatRequest(
    (Message(Role.USER, "What is the capital of France? Answer in one word."),), Sampling(max_tokens=16)
)


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine(model_path(SMALL), OPTIONS)
    yield engine
    asyncio.run(engine.aclose())


def fill(prefix: str, *, priority: Priority = Priority.KEYSTROKE, **sampling: object) -> FillRequest:
    return FillRequest(prefix=prefix, priority=priority, sampling=Sampling(**{"max_tokens": 8, **sampling}))  # type: ignore[arg-type]


async def test_info(engine: LlamaEngine) -> None:
    assert isinstance(engine, Engine)
    info = await engine.info()
    assert info.model == SMALL[1]
    assert (info.fill, info.layers, info.context_tokens) == (FillSupport.PREFIX_ONLY, 31, 1024)
    assert info.threads >= 1
    assert "llama" in info.description
    assert "CPU" in info.backend
    assert info.notes == ()


async def test_fill_without_markers_continues_the_prefix(engine: LlamaEngine) -> None:
    request = FillRequest(COUNTING, suffix="ignored", sampling=Sampling(max_tokens=4))
    text, last = await collected(engine.fill(request))
    assert text == " 7, "
    assert last.finish is FinishReason.LENGTH
    assert last.usage is not None
    assert last.usage.completion_tokens == 4
    assert last.usage.trimmed_tokens == 0


async def test_nothing_to_start_from(engine: LlamaEngine) -> None:
    _, last = await collected(engine.fill(fill("")))
    assert last.usage is not None
    assert last.usage.prompt_tokens == 1


async def test_chat_answers_through_the_models_template(engine: LlamaEngine) -> None:
    text, last = await collected(engine.chat(QUESTION))
    assert "Paris" in text
    assert "<|im_end|>" not in text
    assert last.finish is FinishReason.STOP


async def test_the_same_prompt_is_not_computed_again(engine: LlamaEngine) -> None:
    prefix = "a = 1\nb = 2\n" * 10
    _, first = await collected(engine.fill(fill(prefix)))
    _, second = await collected(engine.fill(fill(prefix + "c")))
    assert first.usage is not None
    assert second.usage is not None
    assert second.usage.prompt_tokens == first.usage.prompt_tokens + 1
    assert second.usage.cached_tokens == first.usage.prompt_tokens


async def test_warm_leaves_one_token_to_compute(engine: LlamaEngine) -> None:
    warmed = await engine.warm(fill(LONG[:500]))
    _, last = await collected(engine.fill(fill(LONG[:500])))
    assert last.usage is not None
    assert warmed.completion_tokens == 0
    assert last.usage.cached_tokens == last.usage.prompt_tokens - 1 == warmed.prompt_tokens - 1


async def test_seeds(engine: LlamaEngine) -> None:
    async def draw(seed: int | None) -> str:
        request = fill("Once upon a time", max_tokens=12, temperature=1.2, top_p=0.95, top_k=50, seed=seed)
        return (await collected(engine.fill(request)))[0]

    await draw(0)  # from here on all draws start from the same cached cells
    assert await draw(7) == await draw(7)
    assert len({await draw(seed) for seed in range(5)}) > 1
    assert len({await draw(None) for _ in range(5)}) > 1
    assert await draw(-1)
    assert await draw(1 << 40)


async def test_logprobs_are_those_of_the_tokens(engine: LlamaEngine) -> None:
    tokens: list[Token] = []
    text = ""
    async for chunk in engine.fill(fill(COUNTING, max_tokens=6)):
        tokens += chunk.tokens
        text += chunk.text
    assert "".join(token.text for token in tokens) == text
    assert len(tokens) == 6
    assert all(-math.log(49152) < token.logprob <= 0 for token in tokens)
    assert tokens[0].logprob > math.log(0.5)


async def test_stop_text(engine: LlamaEngine) -> None:
    text, last = await collected(engine.fill(fill(COUNTING, max_tokens=16, stop=("8",))))
    assert text == " 7, "
    assert last.finish is FinishReason.STOP


async def test_what_does_not_fit_is_trimmed_and_said(engine: LlamaEngine) -> None:
    _, last = await collected(engine.fill(fill(LONG * 100)))
    assert last.usage is not None
    assert last.usage.trimmed_tokens > 10_000
    assert 900 < last.usage.prompt_tokens <= 1024 - 8


async def test_more_tokens_than_the_context_has_end_with_length(engine: LlamaEngine) -> None:
    request = fill("a b c", max_tokens=10_000, stop=(" ",))
    _, last = await collected(engine.fill(request))
    assert last.finish in {FinishReason.STOP, FinishReason.LENGTH}


async def test_cancel_in_prefill(engine: LlamaEngine) -> None:
    request = fill("# other\n" + LONG)
    task = asyncio.create_task(collected(engine.fill(request)))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(task, 0.1)
    await asyncio.wait_for(engine.idle(), 5)
    usage = await engine.warm(request)
    assert usage.cached_tokens < usage.prompt_tokens - 64
    text, _ = await collected(engine.fill(fill(COUNTING)))
    assert text.startswith(" 7")


async def test_cancel_in_decoding(engine: LlamaEngine) -> None:
    stream = engine.fill(fill("Once upon a time", max_tokens=500))
    assert isinstance(stream, AsyncIterator)
    async for _ in stream:
        break
    await stream.aclose()  # type: ignore[attr-defined]
    await asyncio.wait_for(engine.idle(), 5)
    text, _ = await collected(engine.fill(fill(COUNTING)))
    assert text.startswith(" 7")


async def test_waiting_requests_can_be_cancelled(engine: LlamaEngine) -> None:
    running = asyncio.create_task(collected(engine.fill(fill("Once upon a time", max_tokens=30))))
    waiting = asyncio.create_task(collected(engine.fill(fill("never", max_tokens=1000))))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await running
    await asyncio.wait_for(engine.idle(), 5)


async def test_the_most_urgent_request_goes_first(engine: LlamaEngine) -> None:
    order: list[str] = []

    async def ask(name: str, priority: Priority) -> None:
        await collected(engine.fill(fill(name, priority=priority, max_tokens=2)))
        order.append(name)

    async with asyncio.TaskGroup() as group:
        blocker = engine.fill(fill(LONG[:400], max_tokens=2))
        first = group.create_task(collected(blocker))
        await asyncio.sleep(0)
        for name, priority in (
            ("background", Priority.BACKGROUND),
            ("interactive", Priority.INTERACTIVE),
            ("keystroke", Priority.KEYSTROKE),
        ):
            group.create_task(ask(name, priority))
    assert first.done()
    assert order == ["keystroke", "interactive", "background"]


async def test_requests_at_the_same_time_get_their_own_answers(engine: LlamaEngine) -> None:
    answers = await asyncio.gather(
        collected(engine.fill(fill(COUNTING))),
        collected(engine.chat(QUESTION)),
        collected(engine.fill(fill(COUNTING))),
    )
    assert "7" in answers[0][0]
    assert "Paris" in answers[1][0]
    assert answers[2][0] == answers[0][0]


async def test_close_with_a_request_running() -> None:
    engine = LlamaEngine(model_path(SMALL), OPTIONS)
    stream = engine.fill(fill("Once upon a time", max_tokens=500))
    await anext(stream)
    waiting = asyncio.create_task(collected(engine.fill(fill("x"))))
    await asyncio.sleep(0)
    await asyncio.wait_for(engine.aclose(), 20)
    with pytest.raises(EngineUnavailable):
        await collected(stream)
    with pytest.raises(EngineUnavailable):
        await waiting
    await engine.aclose()
    with pytest.raises(EngineUnavailable):
        await collected(engine.fill(fill("x")))


async def test_a_failure_stays_with_its_request() -> None:
    def fail(*_: object) -> Steps[None]:
        raise ZeroDivisionError("a defect")

    def succeed(_session: Session, emit: Callable[[Chunk], None]) -> Steps[None]:
        emit(Chunk("fine"))
        yield from ()

    worker = Worker(model_path(SMALL), OPTIONS)
    failed = worker.submit(fail, Priority.KEYSTROKE)
    fine = worker.submit(succeed, Priority.KEYSTROKE)
    error = await failed.channel.get()
    assert isinstance(error, EngineError)
    assert "a defect" not in str(error)
    assert await fine.channel.get() == Chunk("fine")
    await asyncio.to_thread(worker.close)


def test_loading_tells_how_far_it_is() -> None:
    seen: list[float] = []
    Model(model_path(SMALL), 0, progress=seen.append).close()
    assert len(seen) > 10
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
