"""Which definitions a change touches: those around its place, and what in the same file uses them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mendline.syntax.outline import Symbol, outline
from mendline.syntax.tree import Tree
from mendline.text.document import Range

LEAST_LETTERS: Final = 3
"""Shorter names stand everywhere, and say nothing."""

_WORD: Final = re.compile(r"\w+")
_CALLABLE: Final = ("function", "method")


def changed_symbols(tree: Tree | None, place: Range) -> tuple[str, ...]:
    """Return the names of what changes with a place: the definition around it, those around that, then their users.

    Who uses one of them within the file changes with it. What the language calls by itself, such as a constructor,
    stands for its class.

    Args:
        tree: the file's tree; without one nothing is known.
        place: where it changes, in code points.

    Returns:
        the nearest first; empty at the top of a file, where everything may change.
    """
    if tree is None:
        return ()
    symbols = outline(tree)
    around = [each for each in symbols if each.range.start <= place.start and place.end <= each.range.end]
    found = dict.fromkeys(name for each in reversed(around) for name in _names(each))
    users = [(each, frozenset(_WORD.findall(_text(tree, each)))) for each in symbols if each.kind in _CALLABLE]
    grown = bool(found)
    while grown:
        using = [each for each, words in users if not words.isdisjoint(found)]
        added = dict.fromkeys(name for each in using for name in _names(each) if name not in found)
        grown = bool(added)
        found |= added
    return tuple(found)


def _names(symbol: Symbol) -> Sequence[str]:
    """What others call a definition by."""
    name = symbol.container.rpartition(".")[2] if symbol.name.startswith("__") else symbol.name
    return [name] if len(name) >= LEAST_LETTERS else []


def _text(tree: Tree, symbol: Symbol) -> str:
    return tree.document.text[symbol.range.start : symbol.range.end]
