import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendline.text.document import Document, Edit
from mendline.text.edits import edit_between, edits_between, narrowed


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ("", "", Edit(0, 0, "")),
        ("abc", "abc", Edit(3, 3, "")),
        ("abc", "abXc", Edit(2, 2, "X")),
        ("abc", "ac", Edit(1, 2, "")),
        ("aa", "aaa", Edit(2, 2, "a")),
        ("abab", "ab", Edit(2, 4, "")),
        ("one\ntwo", "one\r\ntwo", Edit(3, 3, "\r")),
        ("x", "y", Edit(0, 1, "y")),
    ],
)
def test_the_smallest_edit(old: str, new: str, edit: Edit) -> None:
    assert edit_between(old, new) == edit


@given(st.text("ab\n🎉"), st.text("ab\n🎉"))
def test_applied_it_gives_the_new_text(old: str, new: str) -> None:
    assert Document.of(old).apply(edit_between(old, new)).text == new


def applied(old: str, edits: tuple[Edit, ...]) -> str:
    document = Document.of(old)
    for edit in reversed(edits):
        document = document.apply(edit)
    return document.text


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        ("a\n", "a\n", ()),
        ("a\nb\nc\nd\n", "a\nx\nc\ny\n", (Edit(2, 3, "x"), Edit(6, 7, "y"))),
        ("one\ntwo\n", "zero\none\ntwo\nthree", (Edit(0, 0, "zero\n"), Edit(8, 8, "three"))),
        ("one\r\ntwo\r\n", "one\ntwo\r\n", (Edit(3, 5, "\n"),)),
        ("one\r\ntwo", "one\rtwo", (Edit(3, 5, "\r"),)),
        ("a\n" * 3_000, "b\n" * 3_000, None),
    ],
)
def test_edits_stretch_by_stretch(old: str, new: str, edits: tuple[Edit, ...] | None) -> None:
    found = edits_between(old, new)
    assert applied(old, found) == new
    assert edits is None or found == edits


@given(st.text("ab\r\n🎉\x0c"), st.text("ab\r\n🎉\x0c"))
def test_stretches_give_the_new_text_and_never_part_a_line_break(old: str, new: str) -> None:
    found = edits_between(old, new)
    assert applied(old, found) == new
    for edit in found:
        assert old[max(0, edit.start - 1) : edit.start + 1] != "\r\n"
        assert old[max(0, edit.end - 1) : edit.end + 1] != "\r\n"


def test_edits_lose_what_they_do_not_change() -> None:
    old = "x = mended(1)\r\ny = 2\r\n"
    edits = (Edit(0, 13, "x = tended(1)"), Edit(15, 20, "y = 2"))
    assert narrowed(old, edits) == (Edit(4, 5, "t"),)
