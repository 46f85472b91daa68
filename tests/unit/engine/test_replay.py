from __future__ import annotations

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.protocol import Chunk, FinishReason, Token
from mendline.engine.replay import Replay


def chunks(*texts: str) -> list[Chunk]:
    return [*(Chunk(text, (Token(text, -1.0),)) for text in texts), Chunk(finish=FinishReason.STOP)]


@pytest.mark.parametrize(
    ("passed_on", "again", "rest"),
    [
        ([], ["a", "b"], ["a", "b", ""]),
        (["a"], ["a", "b"], ["b", ""]),
        (["a", "b"], ["a", "b"], [""]),
        (["a", "b"], ["ab", "c"], ["", "c", ""]),
        (["ab"], ["a", "b", "c"], ["", "c", ""]),
    ],
)
def test_only_what_is_new_is_passed_on(passed_on: list[str], again: list[str], rest: list[str]) -> None:
    replay = Replay()
    for chunk in chunks(*passed_on)[:-1]:
        replay.note(chunk)
    left = [left for chunk in chunks(*again) if (left := replay.rest(chunk)) is not None]
    assert [chunk.text for chunk in left if chunk.text or chunk.finish] == [text for text in rest if text] + [""]
    assert left[-1].finish is FinishReason.STOP


@pytest.mark.parametrize("again", [["b"], ["a", "x"], ["a"], []])
def test_another_answer_is_refused(again: list[str]) -> None:
    replay = Replay()
    for chunk in chunks("a", "b")[:-1]:
        replay.note(chunk)
    with pytest.raises(EngineDied, match="differs"):
        list(map(replay.rest, chunks(*again)))
