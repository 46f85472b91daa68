from __future__ import annotations

import time
from itertools import pairwise

import attrs
import pytest

from mendline.context.budget import Budget
from mendline.context.window import Window, window
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from support.cursor_text import split_at_cursor

LINES = "".join(f"line {number:03}\n" for number in range(300))
ROOM = Budget(prefix=400, suffix=120)
LARGE = Budget(prefix=1600, suffix=480)


CLASSES = "".join(
    f"class Class{number}:\n"
    + "".join(
        f"    def method_{number}_{method}(self, a, b):\n        if a:\n            return b\n        return a\n\n"
        for method in range(12)
    )
    for number in range(6)
)


def drawn(text: str, room: Budget) -> str:
    """The window around the cursor of a drawn text, drawn again."""
    whole, offset = split_at_cursor(text)
    part = window(Document.of(whole), offset, room)
    return f"{part.prefix}ˇ{part.suffix}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ˇ", "ˇ"),
        ("ab\ncdˇ", "ab\ncdˇ"),
        ("ˇab\ncd", "ˇab\ncd"),
        ("ab\r\ncˇd\r\nef\rgh", "ab\ncˇd\nef\ngh"),
        ("a\x0cb\u2028c\nˇ", "a\x0cb\u2028c\nˇ"),
    ],
)
def test_small_files_are_seen_whole_with_unified_breaks(text: str, expected: str) -> None:
    assert drawn(text, ROOM) == expected


def test_is_cut_at_line_boundaries_within_the_budget() -> None:
    offset = LINES.index("line 150") + 4
    part = window(Document.of(LINES), offset, ROOM)
    assert part.prefix.startswith("line ")
    assert part.suffix.endswith("\n")
    assert part.prefix + part.suffix == LINES[part.start : part.end]
    assert ROOM.prefix // 2 <= len(part.prefix) <= ROOM.prefix
    assert ROOM.suffix // 3 <= len(part.suffix) <= ROOM.suffix


def test_typing_seldom_moves_the_borders() -> None:
    """Of 200 characters typed, almost all find the cached prompt's beginning and end where they were."""
    offset = LINES.index("line 150")
    starts, suffixes = [], []
    for typed in range(200):
        text = LINES[:offset] + "x" * typed + LINES[offset:]
        part = window(Document.of(text), offset + typed, ROOM)
        starts.append(part.start)
        suffixes.append(part.suffix)
    assert len(set(suffixes)) == 1
    assert len(set(starts)) <= 3


def test_a_beginning_that_lags_is_the_one_before_the_last_step() -> None:
    """Whenever typing moves the beginning, the lagging window still begins where the other one did."""
    room = Budget(prefix=400, suffix=120, overhang=100)
    offset = LINES.index("line 150")
    starts: list[int] = []
    for typed in range(350):
        document = Document.of(LINES[:offset] + "x" * typed + LINES[offset:])
        start = window(document, offset + typed, room).start
        if starts and start != starts[-1]:
            lagging = window(document, offset + typed, room, lagging=True)
            assert lagging.start == starts[-1]
            assert len(lagging.prefix) <= room.prefix + room.overhang
        starts.append(start)
    assert len(set(starts)) == 4


def test_nothing_lags_where_the_file_begins() -> None:
    document = Document.of(LINES)
    assert window(document, 40, attrs.evolve(ROOM, overhang=100), lagging=True) == window(document, 40, ROOM)


def test_a_short_rest_of_the_file_leaves_its_share_to_the_prefix() -> None:
    at_end = window(Document.of(LINES), len(LINES), ROOM)
    assert at_end.suffix == ""
    assert len(at_end.prefix) > ROOM.prefix


@pytest.mark.parametrize("place", [0, 1, 999_999, 1_000_000, 1_999_999, 2_000_000])
def test_a_huge_line_is_cut_by_characters(place: int) -> None:
    document = Document.of("x" * 2_000_000)
    started = time.perf_counter()
    part = window(document, place, ROOM)
    assert time.perf_counter() - started < 0.5
    assert len(part.prefix) <= ROOM.prefix + ROOM.suffix
    assert len(part.suffix) <= ROOM.suffix
    assert len(part.prefix) >= min(place, ROOM.prefix // 2)
    assert len(part.suffix) >= min(2_000_000 - place, ROOM.suffix // 2)


def test_one_long_line_above_does_not_hide_what_can_be_seen_of_it() -> None:
    document = Document.of("y" * 5000 + "\nreturn ")
    assert len(window(document, len(document.text), ROOM).prefix) > ROOM.prefix // 2


def test_dense_scripts_get_fewer_characters() -> None:
    document = Document.of("# 写代码的人\n" * 500)
    part = window(document, len(document.text), ROOM)
    assert len(part.prefix.encode()) <= (ROOM.prefix + ROOM.suffix) * 1.2


def test_never_cuts_a_line_break_in_two() -> None:
    text = "ab\r\n" * 400
    document = Document.of(text)
    for offset in range(800, 840):
        if text[offset - 1 : offset + 1] == "\r\n":
            continue
        part = window(document, offset, Budget(prefix=41, suffix=13))
        assert text[part.start - 1 : part.start + 1] != "\r\n"
        assert text[part.end - 1 : part.end + 1] != "\r\n"


def at(text: str, offset: int, *, language_id: str = "python", room: Budget = ROOM) -> Window:
    language = language_of(language_id)
    assert language is not None
    document = Document.of(text)
    return window(document, offset, room, tree=Tree.parse(document, language, 5000))


def test_begins_and_ends_with_whole_statements_below_the_headers_they_stand_in() -> None:
    offset = CLASSES.index("        return a", CLASSES.index("method_3_6")) + 8
    part = at(CLASSES, offset, room=LARGE)
    assert part.head == "class Class2:\n"
    assert part.prefix.startswith("    def method_2_4(")
    assert part.suffix.endswith("        return a\n\n")
    assert len(part.head) + len(part.prefix) <= LARGE.prefix


def test_headers_follow_the_first_line_not_the_cursor() -> None:
    """Moving on to another class keeps the beginning of the prompt."""
    first = CLASSES.index("method_3_2")
    parts = [at(CLASSES, first + ahead, room=LARGE) for ahead in range(0, 300, 10)]
    assert any(one.start == other.start for one, other in pairwise(parts))
    heads: dict[int, str] = {}
    for part in parts:
        assert heads.setdefault(part.start, part.head) == part.head


@pytest.mark.parametrize("typed", ["x", "foo(", "'", '"""', "[", "{", ")", "def g(", "class B:", "@", "if x:\n"])
def test_whatever_is_typed_the_borders_stay(typed: str) -> None:
    """A broken tree must not move what the cache holds."""
    offset = CLASSES.index("        return a", CLASSES.index("method_3_6")) + 8
    before = at(CLASSES, offset)
    after = at(CLASSES[:offset] + typed + CLASSES[offset:], offset + len(typed))
    assert (after.start, after.head, after.prefix) == (before.start, before.head, before.prefix + typed)
    assert after.suffix == before.suffix


@pytest.mark.parametrize(
    ("language_id", "statement", "start"),
    [
        # Not within a string, a call or a list, though their lines are further to the left.
        ("python", "text = '''\nsome words\nmore words\n'''\n", "text"),
        ("typescript", "export const value = call(\n  one,\n  two,\n);\n", "export"),
        ("python", "@decorated\ndef function():\n    return 1\n", "@decorated"),
        ("python", "if a:\n    b()\nelse:\n    c()\n", "if a"),
    ],
)
def test_is_never_cut_within_a_statement(language_id: str, statement: str, start: str) -> None:
    text = statement * 60
    for offset in range(len(text) // 2, len(text) // 2 + 200, 7):
        assert at(text, offset, language_id=language_id).prefix.startswith(start)


def test_is_cut_at_a_line_where_there_is_no_tree() -> None:
    part = window(Document.of(CLASSES), CLASSES.index("method_3_6"), LARGE)
    assert part.prefix.startswith("    def ")


def test_costs_little_in_a_large_file() -> None:
    document = Document.of(CLASSES * 30)
    language = language_of("python")
    assert language is not None
    tree = Tree.parse(document, language, 5000)
    window(document, len(document.text) // 2, ROOM, tree=tree)
    started = time.perf_counter()
    for step in range(20):
        window(document, len(document.text) // 2 + 300 * step, ROOM, tree=tree)
    assert (time.perf_counter() - started) / 20 < 0.01
