"""What changes with a place in a file."""

from __future__ import annotations

import pytest

from mendline.checks.changed_symbols import changed_symbols
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Range

SHOP = """import math

RATE = 1.2


def taxed(price):
    return price * RATE


class Basket:
    def __init__(self):
        self.items = []

    def total(self):
        def one(item):
            return taxed(item)
        return sum(map(one, self.items))

    def checkout(self):
        return self.total()


def unrelated():
    return math.pi


def ab(x):
    return x
"""
CART = """function taxed(price) { return price }
class Basket { total() { return taxed(1) } }
const sold = () => { return new Basket() }
"""


@pytest.mark.parametrize(
    ("text", "language", "place", "names"),
    [
        (SHOP, "python", "price * RATE", ("taxed", "one", "total", "checkout")),
        (SHOP, "python", "self.items = []", ("Basket",)),
        (SHOP, "python", "taxed(item)", ("one", "total", "Basket", "checkout")),
        (SHOP, "python", "math.pi", ("unrelated",)),
        (SHOP, "python", "return x", ()),
        (SHOP, "python", "1.2", ("RATE", "taxed", "one", "total", "checkout")),
        (SHOP, "python", "import", ()),
        (CART, "javascript", "price }", ("taxed", "total")),
    ],
)
def test_the_definitions_around_it_and_those_that_use_them(
    text: str, language: str, place: str, names: tuple[str, ...]
) -> None:
    known = language_of(language)
    assert known is not None
    at = text.index(place)
    found = changed_symbols(Tree.parse(Document.of(text), known), Range(at, at + len(place)))
    assert (found[:1], set(found)) == (names[:1], set(names))


def test_without_a_tree_nothing_is_known() -> None:
    assert changed_symbols(None, Range(0, 0)) == ()
