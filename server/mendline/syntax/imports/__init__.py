"""What a file imports, taken from its tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import tree_sitter

from mendline.syntax.imports import ecmascript, python
from mendline.syntax.imports.model import Import, Imported
from mendline.syntax.tree import Tree

__all__ = ["Import", "Imported", "imports_of"]

VISIT_LIMIT: Final = 20_000
"""Statements looked at; a file that has its imports behind more than these is generated."""

Read = Callable[[Tree, tree_sitter.Node], tuple[Import, ...]]

# Language id: how a statement is read, and the nodes whose statements are looked at too.
_READERS: Final[dict[str, tuple[Read, frozenset[str]]]] = {
    "python": (python.read, python.ENTERED),
    "javascript": (ecmascript.read, ecmascript.ENTERED),
    "javascriptreact": (ecmascript.read, ecmascript.ENTERED),
    "typescript": (ecmascript.read, ecmascript.ENTERED),
    "typescriptreact": (ecmascript.read, ecmascript.ENTERED),
}


def imports_of(tree: Tree, offset: int | None = None) -> tuple[Import, ...]:
    """The imports of a file in source order; none for languages whose imports Mendline can't read.

    Those within functions are left out, except in the functions that hold `offset`.

    Args:
        tree: the file's.
        offset: the cursor, in code points.
    """
    reader = _READERS.get(tree.language.id)
    if reader is None:
        return ()
    read, entered = reader
    # A block ends with its last statement, before the blank line the cursor is on.
    at = None if offset is None else tree.byte_offset(len(tree.document.text[:offset].rstrip()))
    found: list[Import] = []
    pending = [tree.root]
    visited = 0
    while pending and visited < VISIT_LIMIT:
        node = pending.pop()
        visited += 1
        if ones := read(tree, node):
            found.extend(ones)
        elif node.type in entered or node.is_error or (at is not None and node.start_byte <= at <= node.end_byte):
            pending.extend(reversed(node.named_children))
    return tuple(found)
