"""What is deleted. Each table shows all holes of a kind that a text can get, as «deleted»."""

from __future__ import annotations

import random

import pytest

from mendline.evaluation.files.holes import Kind, holes
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from support.code_folders import FUNCTIONS, SCRIPT


def tree_of(text: str, language_id: str) -> Tree:
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(Document.of(text), language)
    assert tree is not None
    return tree


def every_hole(text: str, kind: Kind, language_id: str) -> set[str]:
    tree = tree_of(text, language_id)
    drawn = [holes(tree, [kind], random.Random(seed)) for seed in range(200)]
    return {
        f"{text[: hole.start]}«{text[hole.start : hole.end]}»{text[hole.end :]}"
        for each in drawn
        for found, hole in each
        if found is kind
    }


@pytest.mark.parametrize(
    ("kind", "language_id", "text", "expected"),
    [
        (Kind.LINE, "python", "ab\n\n  cd\n", {"«ab»\n\n  cd\n", "a«b»\n\n  cd\n", "ab\n\n  «cd»\n", "ab\n\n  c«d»\n"}),
        (Kind.LINE, "python", "é\r\nx", {"«é»\r\nx", "é\r\n«x»"}),
        (
            Kind.BLOCK,
            "python",
            "if a:\n    x = 1\n    y = 2\n\nz = 3\n",
            {"if a:\n    «x = 1\n    y = 2»\n\nz = 3\n"},
        ),
        (Kind.BLOCK, "python", "if a: x = 1\n", set()),
        (
            Kind.BLOCK,
            "typescript",
            "if (é) {\n  x();\n  // end\n}\nfor (;;) { y(); }\n",
            {"if (é) {\n  «x();\n  // end»\n}\nfor (;;) { y(); }\n"},
        ),
        (
            Kind.STATEMENT,
            "python",
            "x = f(\n    1,\n)\ny = 1\n",
            {"x «= f(\n    1,\n)»\ny = 1\n", "x = «f(\n    1,\n)»\ny = 1\n", "x = f«(\n    1,\n)»\ny = 1\n"},
        ),
        (Kind.STATEMENT, "python", '"""One.\n\nTwo.\n"""\n', set()),
        (
            Kind.STATEMENT,
            "javascript",
            "return {\n  a,\n};\n",
            {"return «{\n  a,\n};»\n"},
        ),
        (
            Kind.BRACKETS,
            "python",
            "f(a, b[0])\ng()\nh(\n    1)\n",
            {"f(«a, b[0]»)\ng()\nh(\n    1)\n", "f(a, b[«0»])\ng()\nh(\n    1)\n"},
        ),
        (Kind.BRACKETS, "typescript", "const o = {a: [1]};\n", {"const o = {«a: [1]»};\n", "const o = {a: [«1»]};\n"}),
    ],
)
def test_where_holes_are(kind: Kind, language_id: str, text: str, expected: set[str]) -> None:
    assert every_hole(text, kind, language_id) == expected


@pytest.mark.parametrize(("text", "language_id"), [(FUNCTIONS, "python"), (SCRIPT, "typescript")])
def test_holes_of_several_kinds_come_in_the_order_of_the_text(text: str, language_id: str) -> None:
    kinds = (Kind.STATEMENT, Kind.BLOCK, Kind.LINE, Kind.LINE, Kind.BRACKETS)
    found = holes(tree_of(text, language_id), kinds, random.Random(3))
    assert sorted(kind.value for kind, _ in found) == sorted(kind.value for kind in kinds)
    starts = [hole.start for _, hole in found]
    assert starts == sorted(starts)
    assert all(hole.start < hole.end for _, hole in found)


def test_a_kind_without_a_place_becomes_a_line() -> None:
    assert [kind for kind, _ in holes(tree_of("x = 1\n", "python"), [Kind.BLOCK], random.Random(0))] == [Kind.LINE]


def test_a_text_without_any_place_has_no_holes() -> None:
    assert holes(tree_of("\n\n", "python"), list(Kind), random.Random(0)) == ()


def test_what_is_broken_already_gets_lines_only() -> None:
    drawn = holes(tree_of("def f(:\n  (]\n", "python"), [Kind.LINE, Kind.BRACKETS], random.Random(0))
    assert {kind for kind, _ in drawn} == {Kind.LINE}
