from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.lines_below import cut_lines_below
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at

REPEATS = RejectReason.REPEATS_SUFFIX
BELOW = "ˇ\nresult = compute()\n\nreturn result\n"


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        (BELOW, "x = 1\nresult = compute()\nreturn result\n\ndef more(): pass", "x = 1"),
        (BELOW, "x = 1\nresult = compute()\nreturn result;\n# and on", "x = 1"),
        (BELOW, "result = compute()\nreturn result\nmore()", REPEATS),
        ("resˇ\nresult = compute()\nreturn result\n", "ult = compute()\nreturn result\nmore()", REPEATS),
        # The same words further in are another branch's.
        (
            BELOW,
            "if x:\n    result = compute()\n    return result\ny",
            "if x:\n    result = compute()\n    return result\ny",
        ),
        # One line may come again, and so may lines that say little.
        (BELOW, "x = 1\nresult = compute()\nother()", "x = 1\nresult = compute()\nother()"),
        ("ˇ\n}\n}\n", "if (a) {\n}\n}\nb", "if (a) {\n}\n}\nb"),
        ("ˇ", "x = 1\ny = 2", "x = 1\ny = 2"),
    ],
)
def test_cuts_where_the_lines_below_begin(drawn: str, text: str, expected: str | RejectReason) -> None:
    snapshot, offset = snapshot_at(drawn)
    result = cut_lines_below(Candidate.of(text), Site.of(snapshot.document, offset, "python", "#"))
    assert (result.reason if isinstance(result, Rejection) else result.text) == expected
