"""Windows around a cursor: of the asked size, and still while somebody types."""

from __future__ import annotations

import pytest

from mendline.evaluation.typing.traces import Action, Jump, Open, State, Type, states
from mendline.evaluation.typing.windows import windowed

TEXT = "".join(f"{number:03}\n" for number in range(250))
"""A thousand characters; a character is a token here."""


def cut(actions: list[Action], tokens: int) -> list[State]:
    return list(windowed(states(actions), len, tokens))


@pytest.mark.parametrize(
    ("offset", "before", "after"),
    [(500, 150, 50), (1000, 200, 0), (980, 180, 20), (0, 0, 200), (60, 60, 140)],
)
def test_what_one_side_does_not_need_goes_to_the_other(offset: int, before: int, after: int) -> None:
    (state,) = cut([Open(TEXT, offset)], 200)
    assert (len(state.prefix), len(state.suffix)) == (before, after)
    assert state.text == TEXT
    assert state.above + state.prefix == TEXT[:offset]


def test_a_document_that_fits_is_shown_whole_and_stays_so() -> None:
    assert {(state.above, state.below) for state in cut([Open("abc\n", 1), Type("x" * 40)], 200)} == {("", "")}


def test_the_ends_stay_while_typing_and_move_before_the_size_is_off() -> None:
    played = cut([Open(TEXT, 500), Type("x" * 20)], 200)
    ends = [(len(state.above), len(state.below)) for state in played]
    assert len(set(ends[:7])) == 1
    assert len(set(ends)) == 3
    assert all(abs(len(state.prefix + state.suffix) - 200) <= 6 for state in played)


def test_a_jump_chooses_anew() -> None:
    played = cut([Open(TEXT, 500), Jump(300)], 200)
    assert [len(state.above) for state in played] == [350, 150]
