"""Walks over broken nodes: never recursive, since trees may be as deep as their text is long, and bounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import tree_sitter

VISIT_LIMIT: Final = 50_000


def broken_nodes(root: tree_sitter.Node, visit_limit: int = VISIT_LIMIT) -> Iterator[tuple[tree_sitter.Node, bool]]:
    """The ERROR and MISSING nodes below `root`, in source order, each with whether it lies within an ERROR.

    Only enters nodes that hold an error. Ends silently after `visit_limit` nodes.
    """
    if not root.has_error:
        return
    pending = [(root, False)]
    visited = 0
    while pending and visited < visit_limit:
        node, within = pending.pop()
        visited += 1
        if node.is_missing:
            yield node, within
            continue
        if node.is_error:
            yield node, within
            within = True
        children = node.children
        visited += len(children)
        pending.extend((child, within) for child in reversed(children) if child.has_error)
