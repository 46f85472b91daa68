from __future__ import annotations

import pytest

from mendline.checks.bracket_repair import repair_brackets
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Edit


def mended(language_id: str, marked: str, candidate: str, *, add: bool = True, budget_ms: float = 5000) -> str | None:
    """The candidate for `ˇ` as it is mended; None when it is not."""
    start = marked.index("ˇ")
    document = Document.of(marked.replace("ˇ", ""))
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(document, language, 5000)
    result = repair_brackets(tree, document, Edit(start, start, candidate), add=add, budget_ms=budget_ms)
    return None if result is None else result.text


@pytest.mark.parametrize(
    ("language_id", "marked", "candidate", "expected"),
    [
        # A closer too many.
        ("python", "x = ˇ\n", "foo(a))", "foo(a)"),
        ("python", "x = foo(ˇ)\n", "bar(a))", "bar(a)"),
        ("python", "x = ˇ\n", "foo(a)] + 1", "foo(a) + 1"),
        ("python", "x = ˇ\n", "[a, (b)])]", "[a, (b)]"),
        ("javascript", "function f() {\n  ˇ\n}\n", "if (x) {\n    g();\n  }\n}", "if (x) {\n    g();\n  }"),
        ("typescript", "const f = () => {\n  ˇ\n};\n", "return g(1));", "return g(1);"),
        ("json", '{"a": ˇ}\n', "[1, 2]}", "[1, 2]"),
        # One that is missing.
        ("python", "x = ˇ\n", "foo(bar(a, b)", "foo(bar(a, b))"),
        ("python", "x = foo(ˇ)\n", "bar(a, [1, 2", "bar(a, [1, 2])"),
        ("python", "ˇ\n", "foo(\n    a,\n    b", "foo(\n    a,\n    b)"),
        ("javascript", "const x = 1;\nˇ\n", "if (x) {\n  g(x);", "if (x) {\n  g(x);\n}"),
        (
            "javascript",
            "function f() {\r\n  ˇ\r\n}\r\n",
            "a;\r\n  if (x) {\r\n    g(x);",
            "a;\r\n  if (x) {\r\n    g(x);\r\n  }",
        ),
        # The brace stands under the line that opened it, the cursor's own as well.
        ("javascript", "function f() {\n  if (x) ˇ\n}\n", "{\n    g(x);", "{\n    g(x);\n  }"),
        ("typescript", "class A {\r\n\tˇ\r\n}\r\n", "f() {\r\n\t\tg();", "f() {\r\n\t\tg();\r\n\t}"),
        # Brackets in strings and comments are none.
        ("python", "x = ˇ\n", "foo('(', \"]\")) ", "foo('(', \"]\")"),
        ("javascript", "x = ˇ\n", "g(/* ) */ '(', `${a}(`", "g(/* ) */ '(', `${a}(`)"),
    ],
)
def test_brackets_are_made_to_match(language_id: str, marked: str, candidate: str, expected: str) -> None:
    assert mended(language_id, marked, candidate) == expected


@pytest.mark.parametrize(
    ("language_id", "marked", "candidate"),
    [
        # More is missing than a bracket.
        ("python", "x = ˇ\n", "foo(a, "),
        ("python", "x = ˇ\n", "foo(a and"),
        ("python", "ˇ\n", "((((a"),
        # Something else is wrong.
        ("python", "x = ˇ\n", "foo bar baz"),
        ("python", "ˇ\n", "def def ("),
        # What comes after the closer was not meant to stand where it would.
        ("javascript", "function f() {\n  ˇ\n}\n", "return x;\n}\ng();"),
        # The brace ends code that a string embeds.
        ("python", "x = f'{ˇ'\n", "a} b) c def"),
        # Nothing would be left.
        ("python", "x = 1\nˇ\n", ")"),
    ],
)
def test_what_brackets_cannot_mend_is_left(language_id: str, marked: str, candidate: str) -> None:
    assert mended(language_id, marked, candidate) is None


def test_a_text_that_was_broken_off_gets_no_closers() -> None:
    assert mended("python", "x = ˇ\n", "foo(bar", add=False) is None
    assert mended("python", "x = ˇ\n", "foo(bar))", add=False) == "foo(bar)"


def test_without_time_or_tree_nothing_is_mended() -> None:
    assert mended("python", "x = ˇ\n", "foo(bar))", budget_ms=0) is None
    document = Document.of("x")
    assert repair_brackets(None, document, Edit(1, 1, "(a))")) is None


def test_a_long_hostile_candidate_ends() -> None:
    assert mended("python", "ˇ\n", "x = )(\n" * 2000) is None
