"""Where statements begin, and which ones are around a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import tree_sitter

from mendline.syntax.tree import Tree

# What holds statements or members one after the other, in the grammars there are.
_LISTS: Final = frozenset({
    "module", "program", "source_file", "translation_unit", "compilation_unit", "chunk", "document", "stylesheet",
    "block", "statement_block", "compound_statement", "statement_list", "statements", "body_statement", "block_body",
    "class_body", "interface_body", "object_type", "enum_body", "enum_class_body", "declaration_list",
    "field_declaration_list", "enum_variant_list", "switch_body", "do_group", "then", "template_body",
})  # fmt: skip
# Within an ERROR everything is a child of it; these are statements all the same.
_ENDINGS: Final = ("statement", "definition", "declaration", "item", "assignment", "class", "method", "comment")


def begins_statement(tree: Tree, offset: int) -> bool:
    """Whether a statement, a definition or a member begins at an offset, and not only a part of one.

    Something within brackets, a string's line, an `else` and a decorated definition without its decorators are parts.
    """
    at = tree.byte_offset(offset)
    node = tree.root.descendant_for_byte_range(at, at)
    if node is None or node.start_byte != at:
        return False
    parent = node.parent
    while parent is not None and parent.start_byte == at and parent.type not in _LISTS:
        node, parent = parent, parent.parent
    if parent is None or parent.type in _LISTS:
        return True
    return parent.is_error and node.is_named and node.type.endswith(_ENDINGS)


def is_statement(node: tree_sitter.Node) -> bool:
    """Whether a node is a statement, a definition or a member, and not only a part of one."""
    return node.is_named and node.parent is not None and node.parent.type in _LISTS


def statements_around(tree: Tree, start: int, end: int) -> Iterator[tree_sitter.Node]:
    """The statements, definitions and members that hold a range, innermost first.

    Args:
        tree: the document's.
        start: where the range begins, in code points. Blank space at its ends belongs to nothing.
        end: where it ends.
    """
    text = tree.document.text
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end and not text[end : end + 1].strip():
        start = end = max(len(text[:end].rstrip()) - 1, 0)
    first = tree.byte_offset(start)
    last = max(tree.byte_offset(end), first)
    node = tree.root.descendant_for_byte_range(first, last)
    while node is not None:
        if is_statement(node):
            yield node
        node = node.parent
