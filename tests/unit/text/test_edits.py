import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendline.text.document import Document, Edit
from mendline.text.edits import edit_between


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
