from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.comments import cut_comments
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at

ALONE = RejectReason.COMMENTS_ONLY


def cut(drawn: str, text: str, comment: str | None) -> str | RejectReason:
    snapshot, offset = snapshot_at(drawn)
    result = cut_comments(Candidate.of(text), Site.of(snapshot.document, offset, "python", comment))
    return result.reason if isinstance(result, Rejection) else result.text


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("ˇ", "x = 1", "x = 1"),
        ("ˇ", "# first\nx = 1", "# first\nx = 1"),
        ("ˇ", "x = 1\n# then\ny = 2", "x = 1\n# then\ny = 2"),
        ("ˇ", "x = 1  # one", "x = 1  # one"),
        # Chatter after the code.
        ("ˇ", "x = 1\n# and this\n# is why", "x = 1"),
        ("ˇ", "x = 1\n\n    # TODO", "x = 1"),
        ("ˇ", 'x = """a\n# Heading\n# More', 'x = """a\n# Heading\n# More'),
        # Comments alone.
        ("ˇ", "# one remark", "# one remark"),
        ("ˇ", "# TODO\n# TODO: more\n", ALONE),
        # A comment the user has begun.
        ("# Read theˇ", " file.\n# Then write it.\nx = 1", " file."),
        ("# Read theˇ", " file\n# and write it.\n# More.", " file\n# and write it."),
        ("# Read theˇ", " file.\nx = 1", " file.\nx = 1"),
        ("# Read theˇ", " file", " file"),
        ("x = 1  # Read theˇ", " file", " file"),
    ],
)
def test_comments_in_their_places(drawn: str, text: str, expected: str | RejectReason) -> None:
    assert cut(drawn, text, "#") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/*\n * Much ado\n */", ALONE),
        ("/* why */\nf();", "/* why */\nf();"),
        ("f();\n/**\n * More\n */", "f();"),
        ("*p = 1;\n*q = 2;", "*p = 1;\n*q = 2;"),
    ],
)
def test_block_comments(text: str, expected: str | RejectReason) -> None:
    assert cut("ˇ", text, "//") == expected


def test_a_language_without_line_comments_is_left_alone() -> None:
    assert cut("ˇ", "# Heading\n# Heading", None) == "# Heading\n# Heading"
