"""States for each size of context."""

from __future__ import annotations

import pytest

from mendline.evaluation.typing.sources import Recorded, Synthetic
from mendline.evaluation.typing.synthetic import own_source
from mendline.evaluation.typing.traces import Action, Jump, Open, Type

TRACE: list[Action] = [Open("x" * 400, 300), Type("abc"), Jump(10), Type("de")]


@pytest.mark.parametrize(("keystrokes", "states"), [(None, 7), (5, 7), (4, 6), (3, 5), (2, 3)])
def test_a_recorded_trace_up_to_so_many_keystrokes(keystrokes: int | None, states: int) -> None:
    recorded = Recorded("trace", TRACE, keystrokes).of_context(103, len)
    assert len(recorded) == states
    assert all(97 <= len(state.prefix + state.suffix) <= 103 for state in recorded)


def test_made_traces_say_how_they_are_made() -> None:
    about = Synthetic(own_source(), 4, 7).about
    assert about["seed"] == 7
    assert len(about["source"]["sha256"]) == 12
    assert len(Synthetic(own_source(), 4, 7).of_context(600, lambda text: len(text) // 3)) == 5
