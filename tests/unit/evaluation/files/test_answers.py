"""What scripts write in a model's place."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from mendline.engine.protocol import FillRequest
from mendline.evaluation.files.answers import Answers, Scripted
from mendline.evaluation.files.code import CodeFile
from mendline.evaluation.files.holes import Kind
from mendline.evaluation.files.sample import Position
from mendline.evaluation.timed import timed
from mendline.text.document import Range

TEXT = "total = add(first, second)\nprint(total)\nprint(first)\n"
FILE = CodeFile(Path("/code/m.py"), "code/m.py", "python")
POSITION = Position(FILE, TEXT, Kind.LINE, Range(8, 26))
OTHER = attrs.evolve(POSITION, hole=Range(27, 39))


async def written(answers: Answers, position: Position = POSITION, seed: int = 0) -> str:
    engine = Scripted(answers, [position, OTHER], seed)
    engine.announce(position)
    return (await timed(engine.fill(FillRequest("")))).texts[0]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (Answers.RIGHT, {"add(first, second)"}),
        (Answers.OVERRUN, {"add(first, second)\nprint(total)\nprint(first)\n"}),
        (Answers.CUT, {"add(first, second)"[:length] for length in range(1, 19)}),
    ],
)
async def test_what_is_written(answers: Answers, expected: set[str]) -> None:
    assert {await written(answers, seed=seed) for seed in range(200)} == expected


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("total = ", "add(first, second)"),
        ("# shown before\ntotal = add(", "first, second)"),
        # Another beginning than the text's: it is written all the same.
        ("total = sum(", "add(first, second)"),
        ("", "add(first, second)"),
    ],
)
async def test_a_beginning_that_is_given_is_not_written_again(prefix: str, expected: str) -> None:
    engine = Scripted(Answers.RIGHT, [POSITION], 0)
    engine.announce(POSITION)
    assert (await timed(engine.fill(FillRequest(prefix)))).texts[0] == expected


async def test_some_tokens_are_changed() -> None:
    texts = {await written(Answers.CHANGED, seed=seed) for seed in range(50)}
    assert len(texts) > 20
    assert any("print" in text for text in texts)
    assert all(abs(len(text) - len("add(first, second)")) < 60 for text in texts)


async def test_a_short_text_may_lose_everything() -> None:
    short = attrs.evolve(POSITION, text="x", hole=Range(0, 1))
    assert "" in {await written(Answers.CHANGED, short, seed) for seed in range(50)}


async def test_what_stands_elsewhere() -> None:
    texts = {await written(Answers.FOREIGN, seed=seed) for seed in range(20)}
    assert {"add(first, second)", "print(total)"} <= texts


@pytest.mark.parametrize("answers", [each for each in Answers if each is not Answers.MODEL])
async def test_the_seed_and_the_position_decide(answers: Answers) -> None:
    engine = Scripted(answers, [POSITION, OTHER], 5)
    for position in (OTHER, POSITION):
        engine.announce(position)
        text = (await timed(engine.fill(FillRequest("")))).texts[0]
    assert text == await written(answers, seed=5)
