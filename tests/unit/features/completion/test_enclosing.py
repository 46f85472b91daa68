from __future__ import annotations

import pytest

from mendline.features.completion.enclosing import headers
from mendline.text.document import Document
from support.cursor_text import split_at_cursor


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("ˇ", ()),
        ("x = 1\nˇ", ()),
        ("def f():\n    ˇ\n", (0,)),
        ("class A:\n    def f(self):\n        for x in y:\n            ˇ\n", (4, 0)),
        ("class A:\n\n    @property\n    def f(self):\n        ˇ\n", (4, 0)),
        # A sibling's header isn't around the place.
        ("def f():\n    pass\n\ndef g():\n    ˇ\n", (0,)),
        ("def f():\n    def g():\n        pass\n\n    x = 1\n    if x:\n        ˇ\n", (0,)),
        ("def f():\n    pass\n\nfor x in y:\n    ˇ\n", ()),
        ("export async function f() {\n  if (x) {\n    ˇ\n  }\n}\n", (0,)),
        ("impl A {\n    pub fn f() {\n        ˇ\n    }\n}\n", (4, 0)),
        # Parameters may stand on lines of their own.
        ("class A:\n    def f(\n        self,\n    ) -> None:\n        ˇ\n", (4, 0)),
        ("function f(\n  a,\n) {\n  ˇ\n}\n", (0,)),
        ("def f():\n    x = g(\n        1,\n    )\n    ˇ\n", (0,)),
        # Text in a string may stand further left.
        ('def f():\n    """Say\n  more.\n    """\n    ˇ\n', (0,)),
    ],
)
def test_the_headers_around_a_place(drawn: str, expected: tuple[int, ...]) -> None:
    text, offset = split_at_cursor(drawn)
    assert tuple(each.columns for each in headers(Document.of(text), offset)) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("def f():", True),
        ("async def f():", True),
        ("export default function f() {", True),
        ("pub fn f() {", True),
        ("func f() {", True),
        ("local function f()", True),
        ("class A:", False),
        ("export class A {", False),
        ("impl A {", False),
        ("@decorated", False),
    ],
)
def test_a_function_is_told_from_other_definitions(header: str, expected: bool) -> None:
    text = f"{header}\n    "
    (found,) = headers(Document.of(text), len(text))
    assert found.is_function is expected
