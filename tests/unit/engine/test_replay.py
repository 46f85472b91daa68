from __future__ import annotations

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.protocol import Chunk, FinishReason, Token, Usage
from mendline.engine.replay import Replay

END = Chunk(finish=FinishReason.STOP, usage=Usage(completion_tokens=1))


def piece(text: str, candidate: int = 0) -> Chunk:
    return Chunk(text, (Token(text, -1.0),), candidate=candidate)


def end_of(candidate: int) -> Chunk:
    return Chunk(finish=FinishReason.STOP, candidate=candidate)


def chunks(*texts: str) -> list[Chunk]:
    return [*map(piece, texts), END]


def replayed(passed_on: list[Chunk], again: list[Chunk]) -> list[Chunk]:
    replay = Replay()
    for chunk in passed_on:
        replay.note(chunk)
    return [left for chunk in again if (left := replay.rest(chunk)) is not None]


@pytest.mark.parametrize(
    ("passed_on", "again", "rest"),
    [
        ([], ["a", "b"], ["a", "b"]),
        (["a"], ["a", "b"], ["b"]),
        (["a", "b"], ["a", "b"], []),
        (["a", "b"], ["ab", "c"], ["c"]),
        (["ab"], ["a", "b", "c"], ["c"]),
    ],
)
def test_only_what_is_new_is_passed_on(passed_on: list[str], again: list[str], rest: list[str]) -> None:
    left = replayed(chunks(*passed_on)[:-1], chunks(*again))
    assert [chunk.text for chunk in left if chunk.text] == rest
    assert left[-1] == END


@pytest.mark.parametrize("again", [["b"], ["a", "x"], ["a"], []])
def test_another_answer_is_refused(again: list[str]) -> None:
    with pytest.raises(EngineDied, match="differs"):
        replayed(chunks("a", "b")[:-1], chunks(*again))


USAGE = Chunk(usage=Usage(completion_tokens=4))
PASSED_ON = [piece("a"), piece("x", 1), end_of(1), piece("b")]


@pytest.mark.parametrize(
    ("again", "rest"),
    [
        # The order in which candidates come may be another one.
        (
            [piece("x", 1), end_of(1), piece("a"), piece("b"), piece("c"), end_of(0), USAGE],
            [piece("c"), end_of(0), USAGE],
        ),
        ([piece("a"), piece("b"), piece("x", 1), end_of(1), end_of(0), USAGE], [end_of(0), USAGE]),
        ([piece("y", 2), *PASSED_ON, end_of(2), end_of(0), USAGE], [piece("y", 2), end_of(2), end_of(0), USAGE]),
    ],
)
def test_each_candidate_goes_on_where_it_was(again: list[Chunk], rest: list[Chunk]) -> None:
    assert replayed(PASSED_ON, again) == rest


@pytest.mark.parametrize(
    "again",
    [
        [piece("a"), piece("z", 1)],
        [piece("a"), end_of(1)],
        [piece("x", 1), piece("more", 1)],
        [piece("a"), piece("b"), end_of(0), USAGE],
    ],
)
def test_one_candidate_that_differs_is_enough(again: list[Chunk]) -> None:
    with pytest.raises(EngineDied, match="differs"):
        replayed(PASSED_ON, again)
