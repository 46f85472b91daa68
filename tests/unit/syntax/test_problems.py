from __future__ import annotations

from itertools import pairwise

import pytest

from mendline.syntax.languages import language_of
from mendline.syntax.problems import problems
from mendline.syntax.tree import Tree
from mendline.text.document import Document


def found(language_id: str, text: str, limit: int = 10) -> list[tuple[str, str]]:
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(Document.of(text), language, 5000)
    assert tree is not None
    return [(text[problem.range.start : problem.range.end], problem.message) for problem in problems(tree, limit)]


@pytest.mark.parametrize(
    ("language_id", "text", "expected"),
    [
        ("python", "x = 1\n", []),
        ("python", "", []),
        ("python", "def f(:\n  pass\n", [("", 'missing ")"')]),
        ("python", "x = (1,\n\n\ndef f():\n    pass\n", [("(", 'unclosed "("')]),
        ("python", 'x = = 1\ny = "abc\n', [("=", 'unexpected "="'), ('"', "unterminated string")]),
        ("python", "é😀 = 1\nx = ) 1\n", [(")", 'unexpected ")"')]),
        ("javascript", "if (x {\n}\nlet y = ;\n", [("", 'missing ")"'), ("=", 'unexpected "="')]),
        ("c", "int main() {\n  return 0\n}\n", [("", 'missing ";"')]),
        ("json", '{"a": 1,}', [(",", 'unexpected ","')]),
    ],
)
def test_problems_say_what_and_where(language_id: str, text: str, expected: list[tuple[str, str]]):
    got = found(language_id, text)
    # The emoji is no identifier: what matters there is that it does not move what comes after it.
    assert [problem for problem in got if "😀" not in problem[0]] == expected


def test_long_text_is_shortened():
    ((_, message),) = found("python", "for averyveryveryverylongname in\n")
    assert message == 'unexpected "for averyveryveryverylongname…"'


def test_problems_stop_at_the_limit():
    assert len(found("python", "x = = 1\n" * 50, limit=7)) == 7


def test_problems_do_not_overlap():
    language = language_of("javascript")
    assert language is not None
    tree = Tree.parse(Document.of("function ( { a = = [ ; ) } ) class { ( \n" * 20), language, 5000)
    assert tree is not None
    ranges = [problem.range for problem in problems(tree, 1000)]
    assert ranges
    assert all(earlier.end <= later.start for earlier, later in pairwise(ranges))


def test_a_very_deep_tree_is_walked():
    assert found("json", "[" * 20_000)
