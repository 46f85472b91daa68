from __future__ import annotations

from collections.abc import AsyncIterator

from mendline.engine.protocol import Chunk, FinishReason, Token, Usage
from mendline.evaluation.timed import timed


async def stream(*chunks: Chunk) -> AsyncIterator[Chunk]:
    for chunk in chunks:
        yield chunk


async def test_candidates_are_kept_apart() -> None:
    usage = Usage(prompt_tokens=7, completion_tokens=3)
    answer = await timed(
        stream(
            Chunk("a", (Token("a", -0.1),), candidate=1),
            Chunk("b", (Token("b", -0.1),)),
            Chunk("c", finish=FinishReason.STOP, candidate=1),
            Chunk("d", finish=FinishReason.LENGTH, usage=usage),
        )
    )
    assert answer.texts == ("bd", "ac")
    assert answer.finish is FinishReason.LENGTH
    assert answer.usage == usage
    assert 0 <= answer.first_seconds <= answer.seconds


async def test_an_answer_without_tokens_is_over_when_its_first_token_would_come() -> None:
    answer = await timed(stream(Chunk(finish=FinishReason.STOP, usage=Usage())))
    assert answer.texts == ("",)
    assert answer.first_seconds == answer.seconds
