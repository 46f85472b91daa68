"""Python's own parser on the statement that holds an edit: it sees what tree-sitter forgives, wrong indentation first.

Only the statement that was edited is parsed, the largest one that is no longer than some hundred lines, so the cost
doesn't grow with the file. Nothing is executed, and nothing is compiled beyond the syntax tree.
"""

from __future__ import annotations

import ast
import warnings
from typing import Final

import tree_sitter

from mendline.syntax.tree import Tree
from mendline.syntax.walk import broken_nodes

_MOST_CHARACTERS: Final = 20_000
"""Of a longer statement (a class of some hundred lines) a part is parsed, a method say: the whole would take Python's
parser more than the few milliseconds there are."""

_INNER: Final = "if 1:\n"
"""What makes indented statements a program, whatever their indentation and that of the strings in them."""


def refused_line(tree: Tree, start: int, end: int) -> int | None:
    """Return the line at which the text between two offsets, which was just inserted, makes Python's parser fail.

    None where it doesn't.

    An error that lies elsewhere is not the inserted text's: it reports none. Nor does it for one on the next line that
    tree-sitter sees there as well, or where every statement around the place is too long.

    Args:
        tree: the tree of the document with the text in it.
        start: where the text begins, in code points.
        end: where it ends.
    """
    text = tree.document.text
    first, last, lead = _statements(tree, start, end)
    if last - first > _MOST_CHARACTERS:
        return None
    line = _error_line(lead + text[first:last])
    if line is None:
        return None
    document = tree.document
    at = document.line_at(first) + line - 1 - lead.count("\n")
    if not document.line_at(start) <= at <= _line_after(tree, end):
        return None
    # A line after the text that is wrong by itself (`df?` in a notebook) is none of the text's doing.
    return at if at <= document.line_at(end) or not _has_error(tree, at) else None


def _statements(tree: Tree, start: int, end: int) -> tuple[int, int, str]:
    """The lines of the statements that the range [start, end] touches, and of the one after it.

    Returns:
        The offsets of their beginning and end, and what has to stand before them to make them a program.
    """
    block: tree_sitter.Node | None = tree.root
    first, last, lead = start, end, ""
    while block is not None:
        first, last, only = _touched(tree, block, start, end)
        if last - first <= _MOST_CHARACTERS or only is None:
            break
        inner = only.child_by_field_name("definition") or only
        block, lead = inner.child_by_field_name("body"), _INNER
    return first, last, lead


def _touched(tree: Tree, block: tree_sitter.Node, start: int, end: int) -> tuple[int, int, tree_sitter.Node | None]:
    """As `_statements`, among those of one block; and the statement that holds the whole range, if one does."""
    document = tree.document
    first_byte, last_byte = tree.byte_offset(start), tree.byte_offset(end)
    first, last = start, end
    only: tree_sitter.Node | None = None
    cursor = block.walk()
    going = cursor.goto_first_child_for_byte(max(block.start_byte, first_byte - 1)) is not None
    while going and (node := cursor.node) is not None:
        covered = tree.range_of(node)
        first, last = min(first, covered.start), max(last, covered.end)
        if node.start_byte <= first_byte and last_byte < node.end_byte:
            only = node
        going = node.start_byte <= last_byte and cursor.goto_next_sibling()
    return document.line_start(document.line_at(first)), document.line_end(document.line_at(last)), only


def _error_line(source: str) -> int | None:
    """The line, counted from 1, of the first error; None where there is none or it can't be told."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError as error:
        return error.lineno
    except (ValueError, MemoryError, RecursionError):
        return None  # NUL characters, surrogates, nesting beyond the parser's own bounds
    return None


def _has_error(tree: Tree, line: int) -> bool:
    """Whether tree-sitter finds something wrong in a line."""
    document = tree.document
    start, end = tree.byte_offset(document.line_start(line)), tree.byte_offset(document.line_end(line))
    return any(node.start_byte <= end and node.end_byte > start for node, _ in broken_nodes(tree.root))


def _line_after(tree: Tree, end: int) -> int:
    """The first line that isn't blank from the one on which the inserted text ends; that line where text follows."""
    document = tree.document
    line = document.line_at(end)
    if document.text[end : document.line_end(line)].strip():
        return line
    for number in range(line + 1, document.line_count):
        if document.text[document.line_start(number) : document.line_end(number)].strip():
            return number
    return line
