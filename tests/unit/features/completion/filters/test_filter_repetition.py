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
        # Blocks of lines.
        ("a = 1\nb = 2\na = 1\nb = 2\na = 1\nb = 2", "a = 1\nb = 2"),
        ("x\nif a:\n    b()\n    c()\nif a:\n    b()\n    c()\nif a:\n    b()\n    c()", "x\nif a:\n    b()\n    c()"),
        ("a = 1\nb = 2\na = 1\nb = 2", "a = 1\nb = 2\na = 1\nb = 2"),
        ("a\n\na\n\na\n\na", "a\n\na\n\na\n\na"),
        ("{\n}\n{\n}\n{\n}", "{\n}\n{\n}\n{\n}"),
    ],
)
def test_cuts_circles(text: str, expected: str | RejectReason) -> None:
    snapshot, offset = snapshot_at("ˇ")
    result = cut_repetition(Candidate.of(text), Site.of(snapshot.document, offset, "python", "#"))
    assert (result.reason if isinstance(result, Rejection) else result.text) == expected


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        # A document that repeats itself may go on so.
        ("t = [\n    0,\n    0,\nˇ", "    0,\n    0,\n    0,\n    0,", "    0,\n    0,\n    0,\n    0,"),
        ("t = [\n    0,\nˇ", "    0,\n    0,\n    0,\n    0,", "    0,"),
        # The lines before the cursor once more.
        ("first = make(1)\nsecond = make(2)\nˇ", "first = make(1)\nsecond = make(2)", LOOP),
        ("first = make(1)\nsecond = make(2)\nˇ", "second = make(2)", "second = make(2)"),
        ("first = make(1)\nsecond = make(2)\nˇ", "first = make(1)\nthird = 3", "first = make(1)\nthird = 3"),
    ],
)
def test_what_the_document_says_counts(drawn: str, text: str, expected: str | RejectReason) -> None:
    snapshot, offset = snapshot_at(drawn)
    result = cut_repetition(Candidate.of(text), Site.of(snapshot.document, offset, "python", "#"))
    assert (result.reason if isinstance(result, Rejection) else result.text) == expected
