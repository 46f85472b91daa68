"""Reads an engine's stream until the text is complete or the time is up, and no further."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from attrs import define, field, frozen

from mendline.context.window import unified_breaks
from mendline.engine.protocol import Chunk, FinishReason, Token, Usage
from mendline.engine.streams import closing

End = Callable[[str], int | None]
"""Finds where a suggestion ends in the text so far; None while it goes on."""


@frozen
class Generation:
    r"""What an engine produced as one candidate.

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
    ends: Sequence[End],
    *,
    limit: float,
    clock: Callable[[], float],
) -> tuple[Generation, ...]:
    """Read a stream until each candidate has ended, by its rule or the engine's, or the time is up.

    The stream is closed in every case, before this returns, so that the engine stops at once. Errors of the engine
    and cancellation pass through.

    Args:
        stream: what an engine generates.
        ends: for each candidate, what finds the end in its text so far.
        limit: seconds.
        clock: seconds.
    """
    started = clock()
    intakes = [_Intake(end) for end in ends]
    timed_out = False
    async with closing(stream):
        try:
            async with asyncio.timeout(limit):
                async for chunk in stream:
                    intakes[chunk.candidate].take(chunk, clock() - started)
                    if all(intake.done for intake in intakes):
                        break
        except TimeoutError:
            timed_out = True
    return tuple(intake.generation(clock() - started, timed_out=timed_out and not intake.done) for intake in intakes)


@define
class _Intake:
    """What came of one candidate so far."""

    find_end: End
    received: str = ""
    text: str = ""
    tokens: list[Token] = field(factory=list)
    first_token: float | None = None
    finish: FinishReason | None = None
    usage: Usage | None = None
    end: int | None = None

    @property
    def done(self) -> bool:
        return self.finish is not None or self.end is not None

    def take(self, chunk: Chunk, seconds: float) -> None:
        self.usage = chunk.usage or self.usage
        if self.done:
            return
        if self.first_token is None and (chunk.text or chunk.tokens):
            self.first_token = seconds
        self.received += chunk.text
        # The other half of a line break may still come.
        self.text = unified_breaks(self.received.removesuffix("\r"))
        self.tokens.extend(chunk.tokens)
        self.finish = chunk.finish
        if chunk.text and self.finish is None:
            self.end = self.find_end(self.text)

    def generation(self, seconds: float, *, timed_out: bool) -> Generation:
        return Generation(
            raw=self.text,
            end=self.end,
            tokens=tuple(self.tokens),
            first_token=self.first_token,
            seconds=seconds,
            finish=self.finish,
            usage=self.usage,
            timed_out=timed_out,
        )
