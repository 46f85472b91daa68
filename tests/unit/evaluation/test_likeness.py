"""Exact match and edit similarity."""

from __future__ import annotations

import pytest

from mendline.evaluation.likeness import edit_similarity, is_exact


@pytest.mark.parametrize(
    ("text", "expected", "similarity", "exact"),
    [
        ("return a", "return a", 1.0, True),
        ("return a\n\n", "return a  ", 1.0, True),
        ("", "", 1.0, True),
        ("abcd", "abce", 0.75, False),
        (" return", "return", 1 - 1 / 13, False),
        ("abc", "xyz", 0.0, False),
        ("", "xyz", 0.0, False),
    ],
)
def test_two_texts(text: str, expected: str, similarity: float, exact: bool) -> None:
    assert edit_similarity(text, expected) == pytest.approx(similarity)
    assert is_exact(text, expected) is exact
