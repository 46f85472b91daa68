"""What counts as saying again what follows."""

from __future__ import annotations

import pytest

from mendline.evaluation.repeats import repeats_following


@pytest.mark.parametrize(
    ("before", "text", "after", "expected", "repeats"),
    [
        ("", "a = 1\nreturn a", "\n  return a\n", "a = 1", True),
        ("", "a = 1\n    return a\n\n", "\n\nreturn a  \nx", "a = 1", True),
        ("    ", "return a", "\n    return a\n", "a = 1", True),
        ("    ret", "urn a", "\n    return a\n", "", True),
        ("x = ", "foo(bar)", "foo(bar)\n", "", True),
        ("", "return a\na = 1", "\nreturn a", "a = 1", False),
        ("", "a = 1", "\nreturn a\na = 1", "", False),
        ("", "x = [\n]", "\n]\n", "", False),
        ("", "a1", "\na1", "", False),
        ("", "ab1", "\nab1", "", True),
        ("", "return a", "\nreturn a", "b = 1\nreturn a", False),
        ("ret", "urn a", "\nreturn a", "urn a", False),
        ("", "  \n", "\nreturn a", "", False),
        ("", "", "\nreturn a", "", False),
        ("", "return a", "", "", False),
    ],
)
def test_the_rule(before: str, text: str, after: str, expected: str, repeats: bool) -> None:
    assert repeats_following(before, text, after, expected) is repeats
