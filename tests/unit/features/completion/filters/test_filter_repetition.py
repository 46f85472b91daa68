from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.repetition import cut_repetition
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at

LOOP = RejectReason.REPETITIVE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\nx = 1\n", "x = 1\nx = 1\n"),
        ("y\nx = 1\nx = 1\nx = 1\nx = 1", "y\nx = 1"),
        ("foo()\n    foo()\n    foo()", "foo()"),
        ("}\n}\n}\n", "}\n}\n}\n"),
        ("[0, 0, 0, 0, 0, 0, 0, 0]", "[0, 0, 0, 0, 0, 0, 0, 0]"),
        ("[0, 0, 0, 0, 0, 0, 0, 0, ", LOOP),
        ("very very very very very very ", LOOP),
        ("# ------------------------", "# ------------------------"),
        ("'=' * 40", "'=' * 40"),
        ("", ""),
    ],
)
def test_cuts_circles(text: str, expected: str | RejectReason) -> None:
    snapshot, offset = snapshot_at("ˇ")
    result = cut_repetition(Candidate.of(text), Site.of(snapshot.document, offset, "python", "#"))
    assert (result.reason if isinstance(result, Rejection) else result.text) == expected
