from __future__ import annotations

import time

import pytest

from mendline.text.document import Document, Edit
from mendline.workspace.history import EditHistory

TEXT = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"


def noted(*edits: Edit, text: str = TEXT) -> list[tuple[str, str]]:
    """Before and after of what is remembered of some edits, the newest first."""
    history, document = EditHistory(), Document.of(text)
    for edit in edits:
        after = document.apply(edit)
        history.note("file:///a", "/a", document, edit, after)
        document = after
    return [(each.before, each.after) for each in history.recent()]


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ((), []),
        ((Edit(0, 0, "x"),), [("one", "xone")]),
        ((Edit(3, 3, "1"), Edit(4, 4, "2")), [("one", "one12")]),
        # Typing that is taken back is no change.
        ((Edit(3, 3, "1"), Edit(3, 4, "")), []),
        ((Edit(0, 4, ""),), [("one\ntwo", "two")]),
        ((Edit(3, 3, "\nnew"), Edit(7, 7, "er")), [("one", "one\nnewer")]),
        # The line beside belongs to it, one further away does not.
        ((Edit(0, 0, "x"), Edit(5, 5, "y")), [("one\ntwo", "xone\nytwo")]),
        ((Edit(0, 0, "x"), Edit(20, 20, "y")), [("five", "yfive"), ("one", "xone")]),
        ((Edit(19, 19, "y"), Edit(0, 0, "x")), [("one", "xone"), ("five", "yfive")]),
        # It grows to both sides, over text that was not touched.
        ((Edit(5, 6, "W"), Edit(0, 1, "O"), Edit(8, 9, "T")), [("one\ntwo\nthree", "One\ntWo\nThree")]),
        ((Edit(0, len(TEXT), "x" * 3000),), []),
    ],
)
def test_changes_by_whole_lines(edits: tuple[Edit, ...], expected: list[tuple[str, str]]) -> None:
    assert noted(*edits) == expected


def test_a_change_in_another_document_ends_the_one_before() -> None:
    history, document = EditHistory(), Document.of(TEXT)
    for uri in ("file:///a", "file:///b", "file:///a"):
        history.note(uri, uri[7:], document, Edit(0, 0, "x"), document.apply(Edit(0, 0, "x")))
    assert [each.path for each in history.recent()] == ["/a", "/b", "/a"]


def test_only_the_last_changes_are_kept() -> None:
    lines = "".join(f"line {number}\n" for number in range(100))
    starts = [lines.index(f"line {number}\n") for number in range(0, 100, 5)]
    found = noted(*(Edit(start + at, start + at, "x") for at, start in enumerate(starts)), text=lines)
    assert len(found) == 9
    assert found[0] == ("line 95", "xline 95")


def test_costs_a_keystroke_little_in_a_long_file() -> None:
    history, document = EditHistory(), Document.of("some text of a line\n" * 50_000)
    offset = len(document.text) // 2
    versions = [document]
    for typed in range(50):
        versions.append(versions[-1].apply(Edit(offset + typed, offset + typed, "x")))
    started = time.perf_counter()
    for typed in range(50):
        edit = Edit(offset + typed, offset + typed, "x")
        history.note("file:///a", "/a", versions[typed], edit, versions[typed + 1])
    assert (time.perf_counter() - started) / 50 < 0.001
