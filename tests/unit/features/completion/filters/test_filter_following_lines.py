from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.following_lines import cut_following_lines
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at

REPEATS = RejectReason.REPEATS_SUFFIX


@pytest.mark.parametrize(
    ("drawn", "text", "cut_off", "expected"),
    [
        ("ˇ\nreturn x\n", "return x", False, REPEATS),
        ("ˇ\n\n    return x\n", "return x", False, REPEATS),
        ("ˇ\nreturn x\n", "return y", False, "return y"),
        ("retˇ\nreturn x\n", "urn x", False, REPEATS),
        ("if x: ˇ\nreturn x\n", "return x", False, REPEATS),
        ("y = ˇ\nx = 1\n", "1", False, "1"),
        ("ˇ\na = 1\nb = 2\n", "z = 0\na = 1\nb = 2", False, "z = 0"),
        ("ˇ\na_1 = 1\n", "z = 0\na_1 = 1\nc = 3", False, "z = 0\na_1 = 1\nc = 3"),
        ("ˇ\n\nabc = 1\n", "z = 0\n\nabc = 1\n", False, "z = 0"),
        # A lone bracket comes on many lines.
        ("ˇ\n}\n", "}", False, "}"),
        # The last line may be broken off, when there was a limit.
        ("ˇ\nabc = 1\nbcd = 2\n", "z\nabc = 1\nbc", True, "z"),
        ("ˇ\nabc = 1\nbcd = 2\n", "z\nabc = 1\nbc", False, "z\nabc = 1\nbc"),
        ("ˇ", "return x", False, "return x"),
        # What a model changes when it copies.
        ("ˇ\nname = 'a'\n", 'z = 0\nname = "a"', False, "z = 0"),
        ("ˇ\nfoo(a,b)\n", "z = 0\nfoo(a, b)", False, "z = 0"),
        ("ˇ\n    key: value,\n", "z = 0\nkey: value", False, "z = 0"),
        ("ˇ\nconst a = b;\n", "const a = b", False, REPEATS),
        (
            "ˇ\nresult = compute_all_values(first, second, third)\n",
            "z = 0\nresult = compute_all_values(first, second, third, x)",
            False,
            "z = 0",
        ),
        # Another word makes another line, however long.
        (
            "ˇ\nself.assertEqual(compute_all_values(first), 1000)\n",
            "self.assertEqual(compute_all_values(first), 2000)",
            False,
            "self.assertEqual(compute_all_values(first), 2000)",
        ),
        ("ˇ\nself.height = height\n", "self.width = width", False, "self.width = width"),
        # Above the cursor's own line: that line is the next one.
        ("ˇ    return x\n", "    return x", False, REPEATS),
    ],
)
def test_cuts_what_stands_below(drawn: str, text: str, cut_off: bool, expected: str | RejectReason) -> None:
    snapshot, offset = snapshot_at(drawn)
    candidate = Candidate.of(text, cut_off=cut_off)
    result = cut_following_lines(candidate, Site.of(snapshot.document, offset, "python", "#"))
    assert (result.reason if isinstance(result, Rejection) else result.text) == expected
