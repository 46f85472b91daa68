"""Line or block: how much a suggestion may span at this place."""

from __future__ import annotations

import enum

from attrs import frozen

from mendline.features.completion.enclosing import Header
from mendline.features.completion.outcome import Trigger
from mendline.features.completion.site import Site, indentation
from mendline.syntax.tree import Tree

_BODY_KINDS = frozenset({"block", "statement_block", "class_body", "declaration_list", "body_statement"})


class Span(enum.Enum):
    """How far a suggestion reaches."""

    LINE = "line"
    """To the end of the line; further only as far as a bracket or an empty block opened on it reaches."""
    BLOCK = "block"
    """To the end of the block or statement."""


@frozen
class Shape:
    """The decision and why it was taken, as a phrase for the user.

    Attributes:
        rigid: nothing may ever follow the first line, whatever it leaves open.
        joins: the text ends where the code goes on that follows the cursor on its line, be it lines later.
        bridges: the lines below may be the body of what the text's first line opens: it ends there then, and goes on
            to them otherwise.
        headers: for a block that was asked for, the headers of the definitions around the cursor, innermost first: it
            may go on until that definition ends.
    """

    span: Span
    why: str
    rigid: bool = False
    joins: bool = False
    bridges: bool = False
    headers: tuple[Header, ...] = ()


def shape(
    site: Site,
    trigger: Trigger,
    multiline: str,
    tree: Tree | None = None,
    offset: int = 0,
    *,
    headers: tuple[Header, ...] = (),
) -> Shape:
    """Decide how far a suggestion may reach.

    Args:
        site: the cursor's place.
        trigger: a block is offered more readily to one who asks.
        multiline: the setting `completion.multiline`.
        tree: the document's tree, when there is one; without it the lines alone decide.
        offset: the cursor in code points, for the tree.
        headers: `enclosing.headers` at the cursor.
    """
    if multiline == "never":
        return Shape(Span.LINE, "completion.multiline is never", rigid=True)
    if trigger is Trigger.INVOKED:
        return _asked(site, headers) if not _in_comment(tree, offset) else Shape(Span.LINE, "asked for, in a comment")
    if not site.only_closers_after:
        return Shape(Span.LINE, "code follows on the line", rigid=True)
    if multiline == "always":
        return Shape(Span.BLOCK, "completion.multiline is always")
    return _in_line(site) if site.before.strip() else _on_blank_line(site, tree, offset)


def _asked(site: Site, headers: tuple[Header, ...]) -> Shape:
    if not site.only_closers_after:
        return Shape(Span.BLOCK, "asked for, before code on the line", joins=True, headers=headers)
    if site.body_below:
        if site.rest.strip():
            return Shape(Span.LINE, "asked for, in a line whose body stands below")
        return Shape(Span.BLOCK, "asked for, above what may be its body", joins=True, bridges=True, headers=headers)
    if site.closes_unopened:
        return Shape(Span.BLOCK, "asked for, before a bracket that isn't open yet", joins=True, headers=headers)
    return Shape(Span.BLOCK, "asked for", headers=headers)


def _in_comment(tree: Tree | None, offset: int) -> bool:
    """Whether the character before the cursor is a comment's, and what is written goes on with it."""
    if tree is None or offset == 0:
        return False
    byte = tree.byte_offset(offset)
    node = tree.root.descendant_for_byte_range(max(0, byte - 1), byte)
    return node is not None and "comment" in node.type and (node.end_byte >= byte)


def _in_line(site: Site) -> Shape:
    if site.opens_block(site.before) and site.is_empty_below(indentation(site.before)):
        return Shape(Span.BLOCK, "after the opening of a block")
    return Shape(Span.LINE, "within a line")


def _on_blank_line(site: Site, tree: Tree | None, offset: int) -> Shape:
    previous = site.previous_line
    if previous and site.opens_block(previous) and site.is_empty_below(indentation(previous)):
        return Shape(Span.BLOCK, "in an empty body")
    if site.is_comment(previous) and site.is_empty_below(indentation(previous) - 1):
        return Shape(Span.BLOCK, "under a comment")
    if tree is not None and _only_docstring_before(tree, offset) and site.is_empty_below(_body_floor(previous)):
        return Shape(Span.BLOCK, "in a body with nothing but its docstring")
    return Shape(Span.LINE, "between statements")


def _body_floor(previous: str) -> int:
    return max(0, indentation(previous) - 1)


def _only_docstring_before(tree: Tree, offset: int) -> bool:
    """Whether the body that ends before the cursor holds a single string or comments only."""
    text = tree.document.text
    end = len(text[max(0, offset - 4000) : offset].rstrip()) + max(0, offset - 4000)
    if end == 0:
        return False
    byte = tree.byte_offset(end)
    node = tree.root.descendant_for_byte_range(max(0, byte - 1), byte)
    while node is not None and node.type not in _BODY_KINDS:
        node = node.parent
    if node is None or node.end_byte > byte:
        return False
    inner = [child for child in node.named_children if "comment" not in child.type]
    if not inner:
        return node.named_child_count > 0
    only = inner[0]
    return len(inner) == 1 and (
        only.type == "string"
        or (
            only.type == "expression_statement"
            and only.named_child_count == 1
            and only.named_children[0].type == "string"
        )
    )
