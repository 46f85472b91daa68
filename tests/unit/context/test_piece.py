from __future__ import annotations

import pytest

from mendline.context.piece import of_symbol
from mendline.syntax.languages import language_of
from mendline.syntax.outline import outline
from mendline.syntax.tree import Tree
from mendline.text.document import Document


@pytest.mark.parametrize(
    ("language_id", "source", "expected"),
    [
        ("python", "def f(a):\n    return a\n", "def f(a): ..."),
        ("python", 'def f(a):\n    """Do it."""\n    return a\n', 'def f(a):\n    """Do it."""'),
        ("python", "X = 1\n", "X = 1"),
        (
            "python",
            "class A(B):\n    x: int\n    def f(self): ...\n    @property\n    def g(self): ...\n"
            "    def _h(self): ...\n",
            "class A(B):\n    x: int\n    def f(self): ...\n    @property\n    def g(self): ...",
        ),
        ("python", "class A:\n    pass\n", "class A: ..."),
        (
            "typescript",
            "// Do it.\nclass A {\n  private x = 1;\n  f(): void {}\n}\n",
            "// Do it.\nclass A {\n  f(): void\n}",
        ),
        ("go", "package a\n\n// Do it.\nfunc F() int { return 1 }\n", "// Do it.\nfunc F() int"),
        ("ruby", "class A\n  def f(x)\n  end\nend\n", "class A\n  def f(x)"),
    ],
)
def test_as_signatures(language_id: str, source: str, expected: str) -> None:
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(Document.of(source), language, 5000)
    assert tree is not None
    symbol, *others = outline(tree)
    members = tuple(each for each in others if each.container == symbol.name)
    assert of_symbol("a", symbol, members, language_id=language_id).text == expected


def test_long_documentation_and_many_members_are_cut() -> None:
    members = "".join(f"    def f{number}(self): ...\n" for number in range(50))
    source = f'class A:\n    """{"words " * 40}"""\n{members}'
    language = language_of("python")
    assert language is not None
    tree = Tree.parse(Document.of(source), language, 5000)
    assert tree is not None
    symbol, *others = outline(tree)
    lines = of_symbol("a", symbol, tuple(others), language_id="python").text.split("\n")
    assert len(lines) == 2 + 12
    assert lines[1].endswith('words..."""')
    assert len(lines[1]) < 100


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('class A:\n    """Do."""\n    x: int\n    def __init__(self, x): ...\n    def f(self): ...\n',
         "class A:\n    def __init__(self, x): ..."),
        ('class A:\n    """Do."""\n    x: int\n    y = 1\n    def f(self): ...\n', "class A:\n    x: int\n    y = 1"),
        ("class A:\n    def f(self): ...\n", "class A: ..."),
        ('def f(a):\n    """Do."""\n', "def f(a): ..."),
    ],
)  # fmt: skip
def test_in_brief_only_what_makes_one(source: str, expected: str) -> None:
    language = language_of("python")
    assert language is not None
    tree = Tree.parse(Document.of(source), language, 5000)
    assert tree is not None
    symbol, *others = outline(tree)
    assert of_symbol("a", symbol, tuple(others), language_id="python", brief=True).text == expected
