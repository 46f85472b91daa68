from __future__ import annotations

import pytest

from mendline.features.completion.filters.blank import drop_blank
from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.trailing_space import strip_trailing_space
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at


def site(drawn: str) -> Site:
    snapshot, offset = snapshot_at(drawn)
    return Site.of(snapshot.document, offset, "python", "#")


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("x = ˇ", "1  \n\n", "1"),
        ("x = ˇ", "  1", "  1"),
        ("x = ˇ", "foo(\n    a)\n  ", "foo(\n    a)"),
        # Before code that follows, a space may be the one between two words.
        ("return ˇif b else c", "a ", "a "),
        ("return ˇif b else c", "a \n", "a "),
        ("def f(ˇ):", "a\n", "a"),
    ],
)
def test_white_space_at_the_end_goes(drawn: str, text: str, expected: str) -> None:
    assert strip_trailing_space(Candidate.of(text), site(drawn)).text == expected


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_white_space_alone_is_nothing(text: str) -> None:
    result = drop_blank(Candidate.of(text), site("ˇ"))
    assert isinstance(result, Rejection)
    assert result.reason is RejectReason.EMPTY
