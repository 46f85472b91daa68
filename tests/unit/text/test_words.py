from __future__ import annotations

import pytest

from mendline.text.words import is_telling, is_word


@pytest.mark.parametrize(
    ("character", "expected"),
    [("a", True), ("_", True), ("9", True), ("é", True), (" ", False), (".", False), ("", False)],
)
def test_what_a_name_may_have_in_it(character: str, expected: bool) -> None:
    assert is_word(character) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("", False), ("});", False), ("ab", False), ("abc", True), ("x + 10", True)]
)
def test_what_says_something(text: str, expected: bool) -> None:
    assert is_telling(text) is expected
