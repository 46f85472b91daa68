from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.deleted import drop_deleted
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.place import Place
from mendline.text.positions import PositionEncoding
from mendline.workspace.store import Change, Workspace

GONE = RejectReason.JUST_DELETED
TEXT = "x = 1\ny = foo(a)\nz = 2\n"


def judged(changes: list[tuple[int, int, int, int, str]], at: tuple[int, int], text: str) -> str | RejectReason:
    """What becomes of a candidate at a position after some changes, each of (line, column) to (line, column)."""
    workspace = Workspace(encoding=PositionEncoding.UTF32)
    workspace.open("file:///a.py", "python", 0, TEXT)
    for version, (*edges, new) in enumerate(changes, 1):
        first, second = (edges[0], edges[1]), (edges[2], edges[3])
        workspace.change("file:///a.py", version, [Change(new, first, second)])
    snapshot = workspace.snapshot("file:///a.py")
    assert snapshot is not None
    offset = snapshot.document.offset_at(*at, PositionEncoding.UTF32)
    result = drop_deleted(Candidate.of(text), Place.of(snapshot, offset, None).site)
    return result.reason if isinstance(result, Rejection) else result.text


SELECTED = [(1, 4, 1, 10, "")]
BACKSPACES = [(1, 9, 1, 10, ""), (1, 8, 1, 9, ""), (1, 4, 1, 8, "")]
FORWARDS = [(1, 4, 1, 7, ""), (1, 4, 1, 7, "")]
LINE = [(1, 0, 2, 0, "")]


@pytest.mark.parametrize(
    ("changes", "at", "text", "expected"),
    [
        (SELECTED, (1, 4), "foo(a)", GONE),
        (BACKSPACES, (1, 4), "foo(a)", GONE),
        (FORWARDS, (1, 4), "foo(a)", GONE),
        (LINE, (1, 0), "y = foo(a)", GONE),
        (LINE, (1, 0), "    y = foo(a)\n", GONE),
        # Something else, or more than that.
        (SELECTED, (1, 4), "bar(a)", "bar(a)"),
        (SELECTED, (1, 4), "foo(a) + 1", "foo(a) + 1"),
        # Elsewhere, or not the last thing that was done.
        (SELECTED, (0, 4), "foo(a)", "foo(a)"),
        ([*SELECTED, (1, 4, 1, 4, "f")], (1, 5), "oo(a)", "oo(a)"),
        ([(1, 4, 1, 10, "bar")], (1, 7), "foo(a)", "foo(a)"),
        ([], (1, 4), "foo(a)", "foo(a)"),
    ],
)
def test_what_was_deleted_does_not_come_back(
    changes: list[tuple[int, int, int, int, str]], at: tuple[int, int], text: str, expected: str | RejectReason
) -> None:
    assert judged(changes, at, text) == expected
