"""Reads an engine's stream until the text is complete or the time is up, and no further."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from attrs import define, field, frozen

from mendline.context.window import unified_breaks
from mendline.engine.protocol import Chunk, FinishReason, Token, Usage
from mendline.engine.streams import closing


@frozen
class Generation:
    r"""What an engine produced.

    Attributes:
        raw: all text that came, line breaks as `\n`.
        end: where the suggestion ends in it; None when the stopping rule never said so.
        tokens: the tokens that came.
        first_token: seconds until the first of them, None when none came.
        seconds: seconds until the generation ended or was stopped.
        finish: why the engine ended; None when it was stopped.
        usage: its figures; None when it was stopped before it told them.
        timed_out: whether the time ran out.
    """

    raw: str
    end: int | None
    tokens: tuple[Token, ...]
    first_token: float | None
    seconds: float
    finish: FinishReason | None
    usage: Usage | None
    timed_out: bool


async def generate(
    stream: AsyncIterator[Chunk],
    end: Callable[[str], int | None],
    *,
    limit: float,
    clock: Callable[[], float],
) -> Generation:
    """Consume `stream` until `end` finds the end of the text, the engine is done, or `limit` seconds are over.

    The stream is closed in every case, before this returns, so that the engine stops at once. Errors of the engine
    and cancellation pass through.
    """
    started = clock()
    intake = _Intake()
    timed_out = False
    async with closing(stream):
        try:
            async with asyncio.timeout(limit):
                async for chunk in stream:
                    intake.take(chunk, clock() - started)
                    if chunk.finish is not None or (chunk.text and intake.find_end(end)):
                        break
        except TimeoutError:
            timed_out = True
    return Generation(
        raw=intake.text,
        end=intake.end,
        tokens=tuple(intake.tokens),
        first_token=intake.first_token,
        seconds=clock() - started,
        finish=intake.finish,
        usage=intake.usage,
        timed_out=timed_out,
    )


@define
class _Intake:
    """What came so far."""

    received: str = ""
    text: str = ""
    tokens: list[Token] = field(factory=list)
    first_token: float | None = None
    finish: FinishReason | None = None
    usage: Usage | None = None
    end: int | None = None

    def take(self, chunk: Chunk, seconds: float) -> None:
        if self.first_token is None and (chunk.text or chunk.tokens):
            self.first_token = seconds
        self.received += chunk.text
        # The other half of a line break may still come.
        self.text = unified_breaks(self.received.removesuffix("\r"))
        self.tokens.extend(chunk.tokens)
        self.finish = chunk.finish or self.finish
        self.usage = chunk.usage or self.usage

    def find_end(self, end: Callable[[str], int | None]) -> bool:
        self.end = end(self.text)
        return self.end is not None
