"""Several candidates from every kind of server: in one request where it can, in turn where it can't."""

from __future__ import annotations

from typing import Any

import pytest

from mendline.engine import errors
from mendline.engine.client import HttpEngine
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import ChatRequest, Chunk, FillRequest, FinishReason, Message, Role, Sampling, Usage
from support.engine_host import chunks_of, hosted
from support.openai_server import ANSWER, OpenAIServer

SAMPLING = Sampling(temperature=0.8, seed=5, n=3)
FILL = FillRequest("def f(", sampling=SAMPLING)
CHAT = ChatRequest((Message(Role.USER, "hi"),), SAMPLING)
TEXT = "".join(ANSWER)


def texts(chunks: list[Chunk]) -> dict[int, str]:
    """Join what came of each candidate, and check that the stream ended as streams do."""
    joined: dict[int, str] = {}
    for chunk in chunks:
        joined[chunk.candidate] = joined.get(chunk.candidate, "") + chunk.text
    ended = [chunk.candidate for chunk in chunks if chunk.finish is not None]
    assert sorted(ended) == sorted(joined)
    assert [chunk.usage is not None for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    return joined


async def answers(server: OpenAIServer, *requests: FillRequest | ChatRequest) -> list[list[Chunk]]:
    async with server.running() as url:
        engine = HttpEngine(url)
        try:
            return [
                [chunk async for chunk in (engine.fill(each) if isinstance(each, FillRequest) else engine.chat(each))]
                for each in requests
            ]
        finally:
            await engine.aclose()


@pytest.mark.parametrize("request_", [FILL, CHAT])
async def test_mendlines_own_host_generates_them_together(request_: FillRequest | ChatRequest) -> None:
    fake = FakeEngine(default=Answer.of("a b", "c", "d e f"))
    async with hosted(lambda: fake) as host:
        client = host.client
        stream = client.fill(request_) if isinstance(request_, FillRequest) else client.chat(request_)
        chunks = [chunk async for chunk in stream]
    assert fake.requests == (request_,)
    assert texts(chunks) == {0: "a b", 1: "c", 2: "d e f"}
    # A candidate that has ended is told of while the others go on.
    assert chunks[3:6] == [chunks[3], Chunk(finish=FinishReason.STOP, candidate=1), chunks[5]]
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 6


async def test_more_than_the_engine_takes_are_refused() -> None:
    async with hosted(FakeEngine) as host:
        with pytest.raises(errors.EngineRefused, match="`n` must be a whole number from 1 to 16"):
            await chunks_of(host.client, FillRequest("x", sampling=Sampling(n=17)))


@pytest.mark.parametrize("request_", [FILL, CHAT])
async def test_a_generic_server_is_asked_by_n(request_: FillRequest | ChatRequest) -> None:
    server = OpenAIServer(candidates=16)
    (chunks,) = await answers(server, request_)
    assert texts(chunks) == {0: TEXT, 1: TEXT, 2: TEXT}
    assert [(body["n"], body["seed"]) for _, body in server.asked] == [(3, 5)]


async def test_a_server_that_ignores_n_gives_one() -> None:
    server = OpenAIServer(candidates=None)
    (chunks,) = await answers(server, FILL)
    assert texts(chunks) == {0: TEXT}
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("server", "request_", "asked"),
    [
        (OpenAIServer(), FILL, [3, None, None, None]),
        (OpenAIServer(), CHAT, [3, None, None, None]),
        (OpenAIServer(takes_suffix=False), FillRequest("x", "y", sampling=SAMPLING), [3, None, None, None, None]),
        (OpenAIServer(kind="llama-server"), FILL, [None, None, None]),
        (OpenAIServer(kind="llama-server"), CHAT, [None, None, None]),
        (OpenAIServer(kind="llama-server", infills=False), FILL, [None, None, None, None]),
    ],
)
async def test_elsewhere_they_are_asked_for_in_turn(
    server: OpenAIServer, request_: FillRequest | ChatRequest, asked: list[int | None]
) -> None:
    first, second = await answers(server, request_, request_)
    assert texts(first) == texts(second) == {0: TEXT, 1: TEXT, 2: TEXT}
    # The second request knows.
    assert [body.get("n") for _, body in server.asked] == [*asked, None, None, None]
    assert [body["seed"] for _, body in server.asked][-3:] == [5, 6, 7]


async def test_what_they_cost_is_added_up_and_the_prompt_counts_once() -> None:
    (chunks,) = await answers(OpenAIServer(kind="llama-server"), FILL)
    usage = chunks[-1].usage
    assert usage == Usage(7, 5, 12, pytest.approx(0.06), pytest.approx(0.12))


async def test_a_refusal_for_another_reason_is_one() -> None:
    reply: Any = (400, "application/json", '{"error": {"message": "too many tokens"}}')
    server = OpenAIServer(reply=reply)
    with pytest.raises(errors.EngineRefused, match="too many tokens"):
        await answers(server, FILL)
    assert len(server.asked) == 1
