from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.indentation_style import match_indentation
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("if a:\n\tb\n\tˇ", "for x in y:\n        z\n    w", "for x in y:\n\t\tz\n\tw"),
        ("if a:\n\tb\n\tˇ", "f(a,\n      b)", "f(a,\n\t  b)"),
        ("if a:\n    b\n    ˇ", "for x in y:\n\t\tz", "for x in y:\n        z"),
        ("if a:\n  b\n  ˇ", "for x in y:\n\tz", "for x in y:\n  z"),
        ("if a:\n    b\n    ˇ", "c\n    d", "c\n    d"),
        ("if a:\n\tb\nˇ", "    c", "\tc"),
        # White space that is no indentation stays; so does everything where the file itself is mixed or flat.
        ("if a:\n\tb =ˇ", "    c", "    c"),
        ("if a:\n\tb\n    c\nˇ", "\td\n    e", "\td\n    e"),
        ("ˇ", "if a:\n\tb", "if a:\n\tb"),
    ],
)
def test_white_space_becomes_the_documents_own(drawn: str, text: str, expected: str) -> None:
    snapshot, offset = snapshot_at(drawn)
    result = match_indentation(Candidate.of(text), Site.of(snapshot.document, offset, "python", "#"))
    assert result.text == expected
