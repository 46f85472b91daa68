"""Syntax errors in words."""

from __future__ import annotations

from typing import Final, Literal

import tree_sitter
from attrs import frozen

from mendline.syntax.tree import Tree
from mendline.syntax.walk import VISIT_LIMIT
from mendline.text.document import Range

_QUOTED_CHARS: Final = 30
_QUOTES: Final = "\"'`"
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}


@frozen
class Problem:
    """One syntax error.

    Attributes:
        range: the smallest stretch of the document worth pointing at; empty where something is missing.
        message: what is wrong, in a few words, without a full stop.
        kind: whether something stands there that should not, or the other way round.
    """

    range: Range
    message: str
    kind: Literal["error", "missing"]


def problems(tree: Tree, limit: int) -> tuple[Problem, ...]:
    """The first `limit` syntax errors of a tree in source order; none lies within another.

    The walk is bounded: in a file with very many nodes the last errors may go unreported.
    """
    found: list[Problem] = []
    pending = [tree.root]
    visited = 0
    while pending and len(found) < limit and visited < VISIT_LIMIT:
        node = pending.pop()
        visited += 1
        if not node.has_error:
            continue
        if node.is_missing:
            found.append(_missing(tree, node))
            continue
        children = node.children
        visited += len(children)
        broken = [child for child in children if child.has_error]
        if node.is_error:
            opener = _unclosed(children)
            if opener is not None:
                found.append(Problem(tree.range_of(opener), f'unclosed "{opener.type}"', "error"))
                continue
            if not broken:
                found.append(_unexpected(tree, node))
        pending.extend(reversed(broken))
    return tuple(found)


def _missing(tree: Tree, node: tree_sitter.Node) -> Problem:
    if node.is_named:
        what = node.type.strip("_").replace("_", " ")
    elif node.type.isspace():
        what = "line break"
    else:
        what = f'"{node.type}"'
    return Problem(tree.range_of(node), f"missing {what}", "missing")


def _unclosed(children: list[tree_sitter.Node]) -> tree_sitter.Node | None:
    """The last bracket among the children of an ERROR that none of them closes."""
    stack: list[tree_sitter.Node] = []
    for child in children:
        if child.type in _CLOSERS:
            stack.append(child)
        elif stack and child.type == _CLOSERS[stack[-1].type]:
            stack.pop()
    return stack[-1] if stack else None


def _unexpected(tree: Tree, node: tree_sitter.Node) -> Problem:
    """An ERROR is cut down to its first line with text: the rest of it is what the parser skipped to recover."""
    text, whole = tree.document.text, tree.range_of(node)
    start = whole.start
    while start < whole.end and text[start].isspace():
        start += 1
    end = min(whole.end, tree.document.line_end(tree.document.line_at(start)))
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        at = min(start, len(text))
        message = "unexpected end of file" if not text[at:].strip() else "syntax error"
        return Problem(Range(whole.start, whole.start), message, "error")
    shown = text[start:end]
    if shown[0] in _QUOTES and shown.count(shown[0]) % 2:
        return Problem(Range(start, end), "unterminated string", "error")
    if len(shown) > _QUOTED_CHARS:
        shown = f"{shown[: _QUOTED_CHARS - 1]}…"
    return Problem(Range(start, end), f'unexpected "{shown}"', "error")
