"""What a person did becomes texts around a cursor."""

from __future__ import annotations

import pytest

from mendline.evaluation.typing.traces import (
    Accept,
    Action,
    Delete,
    Jump,
    Kind,
    Open,
    TraceError,
    Type,
    states,
    visits,
)

DOCUMENT = Open("ab\ncd", 2)


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([DOCUMENT], [("ab|\ncd", Kind.OPEN, 0.0)]),
        ([DOCUMENT, Type("xy", 0.2)], [("abx|\ncd", Kind.TYPE, 0.2), ("abxy|\ncd", Kind.TYPE, 0.2)]),
        ([DOCUMENT, Delete(2, 0.1)], [("a|\ncd", Kind.DELETE, 0.1), ("|\ncd", Kind.DELETE, 0.1)]),
        ([DOCUMENT, Accept("xy", 0.9)], [("abxy|\ncd", Kind.ACCEPT, 0.9)]),
        ([DOCUMENT, Type("x"), Jump(6, 1.5)], [("abx|\ncd", Kind.TYPE, 0.0), ("abx\ncd|", Kind.JUMP, 1.5)]),
        ([DOCUMENT, Open("", 0)], [("|", Kind.OPEN, 0.0)]),
    ],
)
def test_states(actions: list[Action], expected: list[tuple[str, Kind, float]]) -> None:
    played = [(f"{state.prefix}|{state.suffix}", state.kind, state.pause) for state in states(actions)]
    opened = [("ab|\ncd", Kind.OPEN, 0.0)] if len(actions) > 1 else []
    assert played == opened + expected


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([Type("x")], "action 1: no document is open"),
        ([Jump(0)], "action 1: no document is open"),
        ([Open("ab", 3)], "action 1: offset 3 is not in a text of 2 characters"),
        ([DOCUMENT, Jump(-1)], "action 2: offset -1 is not in a text of 5 characters"),
        ([DOCUMENT, Delete(3)], "action 2: there are 2 characters to delete, not 3"),
        ([DOCUMENT, Type("")], "action 2: nothing is typed"),
    ],
)
def test_what_a_document_has_no_place_for(actions: list[Action], message: str) -> None:
    with pytest.raises(TraceError, match=message):
        list(states(actions))


def test_visits_begin_where_the_cursor_comes_to() -> None:
    played = list(states([DOCUMENT, Type("x"), Jump(0), Type("yz"), Open("", 0)]))
    assert [[state.kind for state in part] for part in visits(played)] == [
        [Kind.OPEN, Kind.TYPE],
        [Kind.JUMP, Kind.TYPE, Kind.TYPE],
        [Kind.OPEN],
    ]
