"""Which lines are rewritten: the smallest statement around the problem, and larger ones when that fails."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import tree_sitter
from attrs import frozen

from mendline.syntax.statements import statements_around
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Range

if TYPE_CHECKING:
    from mendline.features.repair.problem import Problem

_MOST_LINES: Final = 60
"""A model that fits on a laptop loses its way in longer texts, and each line costs time."""
_LONG_STATEMENT: Final = 12
_BESIDE_ERROR: Final = 1
_AROUND: Final = 6

_FUNCTIONS: Final = ("function", "method", "constructor", "lambda", "closure")
_BODIES: Final = ("body", "consequence", "block")


class Extent(enum.Enum):
    """How large a region is."""

    LINES = "lines"
    HEADER = "header"
    STATEMENT = "statement"
    BLOCK = "block"
    FUNCTION = "function"
    FILE = "file"


@frozen
class Region:
    """Whole lines of a document.

    Attributes:
        start: where the first line begins, in code points.
        end: where the last line ends, its line break not included.
        extent: what it is.
    """

    start: int
    end: int
    extent: Extent

    def text_in(self, document: Document) -> str:
        """What stands there."""
        return document.text[self.start : self.end]


def regions(problem: Problem) -> tuple[Region, ...]:
    """The regions to try for a problem, the smallest first, each larger than the one before; at least one."""
    document, around = problem.document, problem.range
    found: list[Region] = []
    for region in (*_of_tree(problem.tree, document, around), _file(document, around)):
        longer = not found or (region.start <= found[-1].start and region.end >= found[-1].end)
        if longer and (not found or (region.start, region.end) != (found[-1].start, found[-1].end)):
            found.append(region)
    return tuple(found)


def _of_tree(tree: Tree | None, document: Document, around: Range) -> Iterator[Region]:
    if tree is None:
        yield _lines(document, around, 0, Extent.LINES)
        return
    statements = list(statements_around(tree, around.start, around.end))
    if not statements or statements[0].has_error:
        yield _lines(document, around, _BESIDE_ERROR, Extent.LINES)
    for number, node in enumerate(statements):
        region = _whole_lines(document, tree.range_of(node), _extent(node, number))
        if number == 0 and (header := _header(tree, node, around)) is not None:
            yield header
        if _line_count(document, region) > _MOST_LINES:
            return
        if number == 0 or region.extent is not Extent.BLOCK or number == 1:
            yield region
        if region.extent is Extent.FUNCTION:
            return


def _extent(node: tree_sitter.Node, number: int) -> Extent:
    inner = node.child_by_field_name("definition") or node
    if any(word in inner.type for word in _FUNCTIONS) and inner.type != "function_call":
        return Extent.FUNCTION
    return Extent.STATEMENT if number == 0 else Extent.BLOCK


def _header(tree: Tree, node: tree_sitter.Node, around: Range) -> Region | None:
    """The lines before a long statement's body, where the problem lies in them."""
    document, whole = tree.document, tree.range_of(node)
    inner = node.child_by_field_name("definition") or node
    body = next((each for name in _BODIES if (each := inner.child_by_field_name(name)) is not None), None)
    if body is None:
        return None
    first_line, body_line = document.line_at(whole.start), document.line_at(tree.range_of(body).start)
    last = (
        body_line if document.text[tree.range_of(body).start : tree.range_of(body).start + 1] == "{" else body_line - 1
    )
    is_long = document.line_at(whole.end) - first_line >= _LONG_STATEMENT
    if not is_long or last < first_line or document.line_at(around.end) > last:
        return None
    return Region(document.line_start(first_line), document.line_end(last), Extent.HEADER)


def _file(document: Document, around: Range) -> Region:
    """The whole file, or where it is long, the lines around the problem."""
    if document.line_count <= _MOST_LINES:
        text = document.text
        return Region(0, len(text.rstrip()) or len(text), Extent.FILE)
    return _lines(document, around, _AROUND, Extent.FILE)


def _lines(document: Document, around: Range, more: int, extent: Extent) -> Region:
    first, last = document.line_at(around.start) - more, document.line_at(around.end) + more
    start, end = document.line_start(first), document.line_end(min(last, document.line_count - 1))
    # Blank lines at its end are nobody's to rewrite: an answer has none, and the file would lose them.
    return _whole_lines(document, Range(start, end), extent)


def _whole_lines(document: Document, range_: Range, extent: Extent) -> Region:
    end = range_.end
    while end > range_.start and document.text[end - 1].isspace():
        end -= 1
    return Region(document.line_start(document.line_at(range_.start)), document.line_end(document.line_at(end)), extent)


def _line_count(document: Document, region: Region) -> int:
    return document.line_at(region.end) - document.line_at(region.start) + 1
