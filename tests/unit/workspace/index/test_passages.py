"""What a file is cut into to be searched."""

from __future__ import annotations

import pytest

from mendline.syntax.languages import language_of
from mendline.syntax.outline import outline
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.index.entries import visible
from mendline.workspace.index.passages import texts_of

BODY = "".join(f"    value_{number} = {number}\n" for number in range(100))


def cut(text: str, path: str = "lib/tools.py") -> list[tuple[int, str, int]]:
    """The passages: first line, what they are found by besides their text, how many lines."""
    language = language_of("", path)
    assert language is not None
    tree = Tree.parse(Document.of(text), language)
    assert tree is not None
    found = texts_of(path, tree, visible(outline(tree)))
    lines = text.replace("\r\n", "\n").split("\n")
    for each in found:
        part = each.text.split("\n")
        assert part[0].strip() in lines[each.line - 1]
        assert all(here.rstrip("\r") in there for here, there in zip(part, lines[each.line - 1 :], strict=False))
    return [(each.line, " ".join(each.head.split()), each.text.count("\n") + 1) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def add(one, other):\n    return one + other\n", [(1, "tools add", 2)]),
        (
            "class Box(Base):\n    size: int = 0\n\n    def grow(self, by):\n        self.size += by\n",
            [(1, "tools Box", 2), (4, "tools Box grow", 2)],
        ),
        # What is long is several passages, and of what is very long the first six.
        (f"def long():\n{BODY}", [(1, "tools long", 40), (41, "tools long", 40), (81, "tools long", 21)]),
        (f"def long():\n{BODY * 4}", [(1 + 40 * part, "tools long", 40) for part in range(6)]),
        # Statements at the top, without the imports and what is too short.
        ("import os\nimport re\n\nregister('a name', os.path)\nx = 1\n", [(4, "tools", 2)]),
        (
            "def f(some, thing):\n    return some\n\nregister('f', f, 'at the top')\n",
            [(1, "tools f", 2), (4, "tools", 1)],
        ),
        ("import os\n\nx = os.sep\n", []),
        ("", []),
        ("def add(one, other):\r\n    return one + other\r\n", [(1, "tools add", 2)]),
    ],
)
def test_passages(text: str, expected: list[tuple[int, str, int]]) -> None:
    assert cut(text) == expected


def test_javascript() -> None:
    text = """import { app } from './app.js';

app.get('/rides/:number', listRides);

function listRides(request) {
  return [];
}
"""
    assert cut(text, "web/routes.js") == [(3, "routes", 1), (5, "routes listRides", 3)]


def test_a_line_without_end_is_cut() -> None:
    (passage,) = texts_of_line("x = '" + "long " * 2000 + "'\n")
    assert 1500 < len(passage) <= 1600


def texts_of_line(text: str) -> list[str]:
    language = language_of("python")
    assert language is not None
    tree = Tree.parse(Document.of(text), language)
    assert tree is not None
    return [each.text for each in texts_of("a.py", tree, ())]
