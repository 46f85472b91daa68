from __future__ import annotations

import pytest

from mendline.evaluation.filled import Filled
from mendline.text.document import Edit, Range


@pytest.mark.parametrize(
    ("edit", "result", "text", "expected"),
    [
        (Edit(4, 4, "1"), "x = 1)\n", "1", "f(2"),
        (Edit(4, 4, "f(2"), "x = f(2)\n", "f(2", "f(2"),
        # The bracket after the cursor is replaced, too.
        (Edit(4, 5, "f(2)"), "x = f(2)\n", "f(2)", "f(2)"),
        (Edit(4, 5, "1"), "x = 1\n", "1", "f(2)"),
        # What stands before the cursor is replaced, too.
        (Edit(2, 4, "+= 1"), "x += 1)\n", "+= 1", "= f(2"),
        (Edit(4, 4, ""), "x = )\n", "", "f(2"),
    ],
)
def test_what_an_edit_puts_in_the_place_of_what(edit: Edit, result: str, text: str, expected: str) -> None:
    filled = Filled("x = f(2)\n", Range(4, 7), edit)
    assert filled.document == "x = )\n"
    assert (filled.result, filled.text, filled.expected) == (result, text, expected)
