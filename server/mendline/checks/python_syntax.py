"""Python's own parser on the statement that holds an edit: it sees what tree-sitter forgives, wrong indentation first.

Only the statement of the module's top level that was edited is parsed, so the cost doesn't grow with the file. Nothing
is executed, and nothing is compiled beyond the syntax tree.
"""

from __future__ import annotations

import ast
import warnings
from typing import Final

from mendline.syntax.tree import Tree

_MOST_CHARACTERS: Final = 20_000
"""A statement longer than this (a class of some hundred lines) is left to tree-sitter: it would take Python's parser
more than the few milliseconds there are."""


def breaks_python(tree: Tree, start: int, end: int) -> bool:
    """Tell whether the text between two offsets, which was just inserted, makes Python's parser fail.

    An error that lies elsewhere is not the inserted text's: it reports none. Nor does it for code that tree-sitter
    finds broken around the place, or where the statement is too long.

    Args:
        tree: the tree of the document with the text in it.
        start: where the text begins, in code points.
        end: where it ends.
    """
    text = tree.document.text
    first, last = _statements(tree, start, end)
    if last - first > _MOST_CHARACTERS:
        return False
    line = _error_line(text[first:last])
    if line is None:
        return False
    document = tree.document
    at = document.line_at(first) + line - 1
    return document.line_at(start) <= at <= _line_after(tree, end)


def _statements(tree: Tree, start: int, end: int) -> tuple[int, int]:
    """The lines of the module's statements that the range [start, end] touches, and of the one after it."""
    document = tree.document
    last_byte = tree.byte_offset(end)
    first, last = start, end
    cursor = tree.root.walk()
    going = cursor.goto_first_child_for_byte(max(0, tree.byte_offset(start) - 1)) is not None
    while going and cursor.node is not None:
        covered = tree.range_of(cursor.node)
        first, last = min(first, covered.start), max(last, covered.end)
        going = cursor.node.start_byte <= last_byte and cursor.goto_next_sibling()
    return document.line_start(document.line_at(first)), document.line_end(document.line_at(last))


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
