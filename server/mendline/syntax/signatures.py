"""The header of a definition on one line, as somebody who uses it needs to see it."""

from __future__ import annotations

import re
from typing import Final

import tree_sitter

from mendline.syntax.languages import Blocks
from mendline.syntax.tree import Tree
from mendline.text.document import Range

SIGNATURE_LIMIT: Final = 400
VALUE_LIMIT: Final = 160
"""For what a name is set to: the beginning says what it is."""

_NODE_LIMIT: Final = 2_000
# Decorators that change how what they stand before is used; the others say nothing to a caller.
_TELLING: Final = frozenset({
    "property", "cached_property", "setter", "getter", "deleter", "staticmethod", "classmethod", "abstractmethod",
    "overload", "override", "final", "contextmanager", "asynccontextmanager", "cache", "lru_cache", "singledispatch",
    "dataclass", "dataclass_transform", "define", "frozen", "mutable", "s", "attrs", "fixture", "runtime_checkable",
    "total_ordering", "unique", "deprecated",
})  # fmt: skip
_DECORATOR: Final = re.compile(r"@\s*([\w.]+)")
_AFTER_BRACKET: Final = re.compile(r"([(\[])\s+")
_BEFORE_BRACKET: Final = re.compile(r",?\s+([)\]])")


def signature_of(tree: Tree, whole: Range, node: tree_sitter.Node, body: Range | None, *, short: bool) -> str:
    """The source of a definition without its body, comments and most decorators, white space made single.

    Args:
        tree: the file.
        whole: the definition with what it is shown with.
        node: the definition itself.
        body: what to leave out; None for nothing.
        short: whether it is a value rather than something with parameters.
    """
    start = tree.char_offset(node.start_byte)
    if tree.language.id == "python":
        lines = [_line(each) for each in _decorators(tree, whole.start, start)]
    else:
        lines, start = [], whole.start
    end = body.start if body is not None else whole.end
    # What comes later than the limit needs no look, however long the definition is.
    source = Range(start, min(end, start + 4 * SIGNATURE_LIMIT))
    header = _line(_without_comments(tree, node, source)).rstrip("{ ;=")
    if tree.language.blocks is Blocks.END and body is None:
        header = header.removesuffix(" end").rstrip(" ;")
    text = "\n".join((*lines, header))
    limit = VALUE_LIMIT if short else SIGNATURE_LIMIT
    return text if len(text) <= limit else f"{text[: limit - 3].rstrip()}..."


def _decorators(tree: Tree, start: int, end: int) -> list[str]:
    """The decorators that tell a caller something, in a stretch of at most a few."""
    lines = tree.document.text[start : min(end, start + SIGNATURE_LIMIT)].splitlines()
    names = ((line, _DECORATOR.match(line.strip())) for line in lines)
    return [line for line, name in names if name and name[1].rpartition(".")[2] in _TELLING]


def _line(source: str) -> str:
    if "\n" in source or "\r" in source:
        source = _BEFORE_BRACKET.sub(r"\1", _AFTER_BRACKET.sub(r"\1", source))
    return " ".join(source.split())


def _without_comments(tree: Tree, node: tree_sitter.Node, wanted: Range) -> str:
    """A stretch of source whose comments, which would swallow the rest of the joined line, are taken out."""
    text = tree.document.text
    header = text[wanted.start : wanted.end]
    marker, block = tree.language.line_comment, tree.language.block_comment
    if not (marker and marker in header) and not (block and block[0] in header):
        return header
    pieces: list[str] = []
    at = wanted.start
    end_byte = tree.byte_offset(wanted.end)
    pending = [node]
    for _ in range(_NODE_LIMIT):
        if not pending:
            break
        child = pending.pop()
        if child.start_byte >= end_byte or tree.char_offset(child.end_byte) <= at:
            continue
        if "comment" in child.type:
            comment = tree.range_of(child)
            pieces.append(text[at : max(comment.start, at)])
            at = comment.end
        else:
            pending.extend(reversed(child.children))
    return " ".join((*pieces, text[at : wanted.end]))
