from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.protocol import Chunk, FinishReason, Token, Usage
from mendline.features.completion.streaming import Generation, generate


class Clock:
    """Goes on by a second with each look at it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class Stream:
    """A stream that is not a generator, and notes that it was closed."""

    def __init__(self, *chunks: Chunk, error: Exception | None = None) -> None:
        self.left = list(chunks)
        self.error = error
        self.closed = False

    def __aiter__(self) -> AsyncIterator[Chunk]:
        return self

    async def __anext__(self) -> Chunk:
        if self.left:
            return self.left.pop(0)
        if self.error is not None:
            raise self.error
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed = True


def piece(text: str) -> Chunk:
    return Chunk(text, (Token(text, -0.1),))


async def read(stream: Stream, stop: str = "\n") -> Generation:
    def end(text: str) -> int | None:
        return text.index(stop) if stop in text else None

    (result,) = await generate(stream, [end], limit=60, clock=Clock())
    return result


async def test_stops_reading_at_the_end_and_closes() -> None:
    stream = Stream(piece("a"), piece(" b\nc"), piece("d"))
    result = await read(stream)
    assert (result.raw, result.end, len(result.tokens)) == ("a b\nc", 3, 2)
    assert result.finish is None
    assert stream.closed
    assert len(stream.left) == 1


async def test_reads_to_the_engines_own_end() -> None:
    usage = Usage(prompt_tokens=5)
    stream = Stream(piece("a"), Chunk(finish=FinishReason.STOP, usage=usage))
    result = await read(stream)
    assert (result.raw, result.end, result.finish, result.usage) == ("a", None, FinishReason.STOP, usage)
    assert stream.closed


@pytest.mark.parametrize(
    ("pieces", "raw"),
    [(("a\r\nb",), "a\nb"), (("a\r", "\nb"), "a\nb"), (("a\rb",), "a\nb"), (("a\r", "b"), "a\nb"), (("a\r",), "a")],
)
async def test_line_breaks_are_unified_also_across_chunks(pieces: tuple[str, ...], raw: str) -> None:
    stream = Stream(*(piece(text) for text in pieces), Chunk(finish=FinishReason.STOP))
    assert (await read(stream, stop="never")).raw == raw


async def test_an_error_passes_through_and_the_stream_is_closed() -> None:
    stream = Stream(piece("a"), error=EngineDied("died"))
    with pytest.raises(EngineDied):
        await read(stream)
    assert stream.closed


async def test_the_first_tokens_time_is_noted() -> None:
    result = await read(Stream(Chunk(), piece("a"), piece("\n")))
    assert result.first_token == 2.0
    assert result.seconds > result.first_token
