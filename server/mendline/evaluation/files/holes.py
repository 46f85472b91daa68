"""What is deleted from a file: the rest of a line, a block, the rest of a statement, what is between two brackets."""

from __future__ import annotations

import enum
import random
from collections.abc import Iterator, Mapping, Sequence

import tree_sitter
from attrs import frozen

from mendline.syntax.tree import Tree
from mendline.text.document import Document, Range


class Kind(enum.Enum):
    """What a hole is."""

    LINE = "line"
    """From any character of a line on, to its end."""
    BLOCK = "block"
    """The body of a function, class, branch or loop; its first line's indentation stays."""
    STATEMENT = "statement"
    """From a token on the first line of a statement of several lines on, to its end."""
    BRACKETS = "brackets"
    """What is between two brackets of one line, as where the editor has closed them."""


_BLOCKS = frozenset({"block", "statement_block", "class_body", "interface_body"})
_STATEMENTS = frozenset({
    "expression_statement", "return_statement", "raise_statement", "throw_statement", "assert_statement",
    "import_statement", "import_from_statement", "lexical_declaration", "variable_declaration",
    "type_alias_declaration",
})  # fmt: skip
_BRACKETED = frozenset({
    "argument_list", "arguments", "parameters", "formal_parameters", "list", "array", "tuple", "dictionary", "object",
    "subscript", "subscript_expression", "parenthesized_expression",
})  # fmt: skip
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_MOST_BLOCK_LINES = 25
_MOST_STATEMENT_LINES = 10


@frozen
class _Opening:
    """Where a hole may begin, and where it ends; code points."""

    starts: Sequence[int]
    end: int


def holes(tree: Tree, kinds: Sequence[Kind], draw: random.Random) -> tuple[tuple[Kind, Range], ...]:
    """Draw a hole for each kind, in the order in which they begin in the document.

    No hole comes twice. A kind that the document has no place for gets a rest of a line instead, where there is one.

    Args:
        tree: the document's.
        kinds: what is wanted; a kind may be named several times.
        draw: where chance comes from.
    """
    openings = _openings(tree)
    found: dict[tuple[int, int], Kind] = {}
    for wanted in kinds:
        kind = wanted if openings[wanted] else Kind.LINE
        if openings[kind]:
            opening = draw.choice(openings[kind])
            found.setdefault((draw.choice(opening.starts), opening.end), kind)
    return tuple((found[place], Range(*place)) for place in sorted(found))


def _openings(tree: Tree) -> Mapping[Kind, list[_Opening]]:
    document = tree.document
    nodes = list(_nodes(tree.root))
    return {
        Kind.LINE: list(_lines(document)),
        Kind.BLOCK: [each for node in nodes if node.type in _BLOCKS for each in _block(tree, node)],
        Kind.STATEMENT: [each for node in nodes if node.type in _STATEMENTS for each in _statement(tree, node)],
        Kind.BRACKETS: [each for node in nodes if node.type in _BRACKETED for each in _brackets(tree, node)],
    }


def _nodes(root: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """The sound nodes below the root, in source order."""
    pending = [root]
    while pending:
        node = pending.pop()
        if not node.is_error:
            yield node
            pending.extend(reversed(node.children))


def _lines(document: Document) -> Iterator[_Opening]:
    for line in range(document.line_count):
        text = document.line_text(line)
        indentation = len(text) - len(text.lstrip())
        start = document.line_start(line)
        if indentation < len(text):
            yield _Opening(range(start + indentation, start + len(text)), start + len(text))


def _block(tree: Tree, node: tree_sitter.Node) -> Iterator[_Opening]:
    inside = node.named_children
    if not inside:
        return
    start, end = tree.char_offset(inside[0].start_byte), tree.char_offset(inside[-1].end_byte)
    document = tree.document
    line = document.line_at(start)
    own_line = not document.text[document.line_start(line) : start].strip()
    # A Python module's last block may hold the line break that ends it.
    end = start + len(document.text[start:end].rstrip())
    if own_line and document.line_at(end) - line < _MOST_BLOCK_LINES:
        yield _Opening((start,), end)


def _statement(tree: Tree, node: tree_sitter.Node) -> Iterator[_Opening]:
    first, last = node.start_point.row, node.end_point.row
    if not 0 < last - first < _MOST_STATEMENT_LINES or all(child.type == "string" for child in node.named_children):
        return
    starts = tuple(
        tree.char_offset(each.start_byte)
        for each in _nodes(node)
        if each.child_count == 0 and each.start_point.row == first and each.start_byte > node.start_byte
    )
    if starts:
        yield _Opening(starts, tree.char_offset(node.end_byte))


def _brackets(tree: Tree, node: tree_sitter.Node) -> Iterator[_Opening]:
    children = node.children
    for child in children:
        last = children[-1]
        if _CLOSERS.get(child.type) == last.type:
            start, end = tree.char_offset(child.end_byte), tree.char_offset(last.start_byte)
            if start < end and child.end_point.row == last.start_point.row:
                yield _Opening((start,), end)
            return
