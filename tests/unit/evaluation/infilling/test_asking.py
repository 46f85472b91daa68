"""What is asked, and what is taken from the answer."""

from __future__ import annotations

import pytest

from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import FillRequest, Priority
from mendline.evaluation.infilling.asking import Method, type_towards
from mendline.evaluation.timed import timed
from support.infilling_items import item


@pytest.mark.parametrize(
    ("kind", "raw", "text", "middle"),
    [
        ("SingleLine", False, "    return 1\n    return 2\n", "    return 1\n"),
        ("SingleLine", False, "    return 1", "    return 1\n"),
        ("SingleLine", False, "", "\n"),
        ("SingleLine", True, "    return 1\n    return 2\n", "    return 1\n    return 2\n"),
        ("SingleLine", True, "    return 1", "    return 1"),
        ("MultiLine", False, "    return 1\n    return 2", "    return 1\n    return 2"),
        ("RandomSpan", False, "return", "return"),
    ],
)
async def test_what_goes_into_the_hole(kind: str, raw: bool, text: str, middle: str) -> None:
    each, method = item(kind=kind), Method(raw=raw)
    answer = await timed(FakeEngine(default=Answer.of(text)).fill(method.request(each)))
    assert method.middle(each, answer.texts[0]) == middle


async def test_a_line_is_decoded_no_further_than_its_end() -> None:
    engine = FakeEngine(default=Answer.of("return 1\n" * 50))
    answer = await timed(engine.fill(Method().request(item())))
    assert answer.usage.completion_tokens < 10


@pytest.mark.parametrize(
    ("prompt", "characters", "step", "prefixes"),
    [
        ("abcdefgh", 6, 2, ["ab", "abcd", "abcdef"]),
        ("abcdefgh", 6, 4, ["ab", "abcdef"]),
        ("abcdefgh", 6, 6, ["ab"]),
        ("abcdefgh", 6, 9, ["ab"]),
        ("abc", 24, 2, ["", "ab"]),
        ("é\nü", 2, 1, ["é", "é\n"]),
    ],
)
async def test_typing_ends_just_before_the_hole(prompt: str, characters: int, step: int, prefixes: list[str]) -> None:
    engine = FakeEngine()
    each = item(prompt=prompt)
    typing = await type_towards(engine, each, Method(characters=characters, step=step))
    requests = [record.request for record in engine.records]
    assert [record.kind for record in engine.records] == ["warm"] + ["fill"] * (len(prefixes) - 1)
    assert [request.prefix for request in requests if isinstance(request, FillRequest)] == prefixes
    assert {request.suffix for request in requests if isinstance(request, FillRequest)} == {each.suffix}
    assert [request.priority for request in requests[:2]] == [Priority.BACKGROUND, Priority.KEYSTROKE][: len(requests)]
    assert all(request.sampling.max_tokens == 1 for request in requests[1:])
    assert len(typing.steps) == len(prefixes) - 1


@pytest.mark.parametrize(("characters", "step", "named"), [(24, 0, "step"), (0, 3, "characters"), (24, -1, "step")])
def test_numbers_that_make_no_sense(characters: int, step: int, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Method(characters=characters, step=step)


async def test_pieces_of_other_programs_change_places_when_the_typing_begins() -> None:
    items = [item(number) for number in range(5)]
    method = Method(characters=4, step=2, related=3)
    pieces = method.pieces(items[3], items)
    whole = [each.prompt + each.canonical_solution + each.suffix for each in items]
    assert [piece.text for piece in pieces] == [whole[4], whole[0], whole[1]]
    engine = FakeEngine()
    await type_towards(engine, items[3], method, pieces)
    asked = [record.request.context for record in engine.records if isinstance(record.request, FillRequest)]
    assert asked == [(pieces[2], pieces[0], pieces[1]), tuple(pieces)]
    assert method.request(items[3], pieces).context == tuple(pieces)
    assert Method().pieces(items[3], items) == ()
