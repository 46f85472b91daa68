"""The brackets of an inserted text: taken from the tree, so those in strings and comments don't count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import tree_sitter
from attrs import frozen

from mendline.syntax.tree import Tree
from mendline.text.document import Edit

PAIRS: Final = {"(": ")", "[": "]", "{": "}", "${": "}", "#{": "}"}
"""What opens, and what closes it."""

_CLOSERS: Final = frozenset(PAIRS.values())
_LEAF_LIMIT: Final = 4000


@frozen
class Bracket:
    """A bracket of an inserted text.

    Attributes:
        text: the bracket.
        position: where it stands in that text.
    """

    text: str
    position: int


def unmatched(after: Tree, edit: Edit) -> tuple[list[Bracket], list[Bracket]]:
    """The brackets that an inserted text leaves open, and those that close what it did not open.

    Args:
        after: the tree of the document with the text in it.
        edit: what was inserted.
    """
    opened: list[Bracket] = []
    closing: list[Bracket] = []
    for bracket in _brackets(after, edit):
        if bracket.text in PAIRS:
            opened.append(bracket)
        elif opened and PAIRS[opened[-1].text] == bracket.text:
            opened.pop()
        else:
            closing.append(bracket)
    return opened, closing


def _brackets(after: Tree, edit: Edit) -> Iterator[Bracket]:
    """The brackets in the inserted text, in order."""
    start, end = after.byte_offset(edit.start), after.byte_offset(edit.start + len(edit.text))
    top = after.root.descendant_for_byte_range(start, end) or after.root
    pending = [top]
    visits = 0
    while pending and visits < _LEAF_LIMIT:
        node = pending.pop()
        visits += 1
        if node.end_byte <= start or node.start_byte >= end or node.is_missing:
            continue
        if node.child_count:
            pending.extend(reversed(node.children))
        elif (node.type in PAIRS or node.type in _CLOSERS) and node.start_byte >= start and not _ends_hole(node):
            yield Bracket(node.type, after.char_offset(node.start_byte) - edit.start)


def _ends_hole(node: tree_sitter.Node) -> bool:
    """Whether a brace belongs to code that a string embeds: it is needed there, and its other half is before it."""
    return node.parent is not None and node.parent.type.endswith(("interpolation", "substitution"))
