from __future__ import annotations

import pytest

from mendline.checks.python_syntax import refused_line
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document


def refused(marked: str) -> int | None:
    """The line at which the text between `«` and `»`, which was just inserted, is refused."""
    start = marked.index("«")
    end = marked.index("»") - 1
    document = Document.of(marked.replace("«", "").replace("»", ""))
    language = language_of("python")
    assert language is not None
    tree = Tree.parse(document, language, 5000)
    assert tree is not None
    return refused_line(tree, start, end)


@pytest.mark.parametrize(
    "marked",
    [
        "def f():\n    «return 1»\n",
        "x = «1»\n",
        "def f():\n«    for x in y:\n»        z = x\n",
        "def f():\n    «if a:\n        b()»\n    return a\n",
        "«import os»\n\n\ndef f():\n    pass\n",
        "«»",
        # The error is somewhere else.
        "x = = 1\n\n\ndef f():\n    «return 1»\n",
        "def f():\n    «a = 1»\n    b = 2\n    c = = 3\n",
        # The next line is wrong by itself, as tree-sitter sees too.
        "x = «1»\ndf?\n",
        "def f():\n    x = «1»\n    @@@\n",
        # A warning is no error.
        "def f():\n    «return '\\d'»\n",
        # What Python's parser can't read at all is not judged.
        "x = '\0'\ny = «1»\n",
    ],
)
def test_sound_text(marked: str) -> None:
    assert refused(marked) is None


@pytest.mark.parametrize(
    ("marked", "line"),
    [
        # tree-sitter forgives all of these.
        ("def f():\n    «a = 1\n      b = 2»\n", 2),
        ("def f():\n«    a = 1\n»        z = x\n", 2),
        ("def f():\n    «if a:»\n    return a\n", 2),
        ("def f():\n    «if a:»", 1),
        ("def f():\n    «if a:\n        b = 1\n»            c = 2\n", 3),
        ("def f(a):\n    for x in a:\n        «return x\n      y = 1»\n    return a\n", 3),
        ("«def f():»\n\n\ndef g():\n    pass\n", 3),
    ],
)
def test_text_that_python_refuses(marked: str, line: int) -> None:
    assert refused(marked) == line


LONG = "        x = 1\n" * 5_000


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (f"def f():\n{LONG}        «if a:»\n        return 1\n", True),
        (f"def f():\n{LONG}        «if a:\n            b()»\n        return 1\n", False),
        (f"class A:\n    def f(self):\n{LONG}    def g(self):\n        «if a:»\n        return 1\n", True),
        (
            f"class A:\n    @c\n    def f(self):\n{LONG}        «return 1»\n\n    def g(self):\n        pass\n",
            False,
        ),
        (f'@final\nclass A:\n    def f(self):\n{LONG}        «yield f"""\n{{1}}"""»\n', False),
        # No statement around the place is short enough.
        (f"class A:\n    def f(self):\n        «if a:\n{LONG.replace('  x', '      x')}»        return 1\n", False),
    ],
)
def test_of_a_long_statement_a_part_is_parsed(marked: str, expected: bool) -> None:
    assert (refused(marked) is not None) is expected
