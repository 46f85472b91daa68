"""Asking the model for candidates: a chat in, the answers' texts out."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from mendline.engine.protocol import ChatRequest, Engine, Message, Priority, Sampling, Usage
from mendline.engine.streams import closing
from mendline.prompts.repair import FENCE


@frozen
class Answers:
    """What the model wrote.

    Attributes:
        texts: one a candidate, each with the beginning that was given.
        tokens: what had to be computed for them: generated ones, and those of the prompt that weren't in the cache.
    """

    texts: tuple[str, ...]
    tokens: int


@frozen
class Draw:
    """How many answers are drawn, and how.

    Attributes:
        count: how many.
        temperature: 0 is greedy.
        seed: of the first; None draws anew each time.
    """

    count: int = 1
    temperature: float = 0.0
    seed: int | None = None


async def ask(engine: Engine, messages: Sequence[Message], draw: Draw, max_tokens: int) -> Answers:
    """Ask for the next turn of a chat whose last message begins it.

    Raises:
        EngineError: the engine can't answer.
    """
    sampling = Sampling(
        max_tokens=max(1, max_tokens),
        temperature=draw.temperature,
        top_p=0.95 if draw.temperature else 1.0,
        seed=draw.seed,
        stop=(f"\n{FENCE}",),
        n=draw.count,
    )
    begun = messages[-1].content.partition("\n")[2]
    texts, usage = [begun] * draw.count, Usage()
    request = ChatRequest(tuple(messages), sampling, Priority.INTERACTIVE)
    async with closing(engine.chat(request)) as stream:
        async for chunk in stream:
            texts[chunk.candidate] += chunk.text
            usage = chunk.usage or usage
    return Answers(tuple(texts), cost(usage))


def cost(usage: Usage) -> int:
    """The tokens that had to be computed."""
    return max(0, usage.prompt_tokens - usage.cached_tokens) + usage.completion_tokens
