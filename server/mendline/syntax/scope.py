"""Where in the grammar an offset lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import tree_sitter
from attrs import frozen

from mendline.syntax.tree import Tree

_PATH_LENGTH: Final = 32

# Node types of grammars that don't say "string" or "comment" in the type's name.
_STRINGS: Final = frozenset({
    "char_literal", "character_literal", "rune_literal", "double_quote_scalar", "single_quote_scalar", "block_scalar",
    "heredoc_body", "heredoc", "nowdoc", "regex", "regex_literal", "quoted_attribute_value", "fenced_code_block",
})  # fmt: skip
_CODE_IN_STRINGS: Final = ("interpolation", "substitution", "interpolated_expression")
# Where an apostrophe or a backquote is no quote.
_QUOTES_OF: Final = {
    "rust": '"',
    "json": '"',
    "jsonc": '"',
    "java": '"',
    "csharp": '"',
    "kotlin": '"',
    "c": '"',
    "cpp": '"',
    "html": "\"'",
    "css": "\"'",
    "python": "\"'",
}
_COMMENT_ENDS: Final = ("*/", "-->", "]]", "=end")


@frozen
class Scope:
    """Where an offset lies.

    Attributes:
        kind: within a comment, within a string (not in code that the string embeds), or in code.
        path: the types of the nodes around the offset, outermost first; at most the innermost 32.
    """

    kind: Literal["code", "comment", "string"]
    path: tuple[str, ...]


def scope_at(tree: Tree, offset: int) -> Scope:
    """What typing at an offset would continue: judged by the nodes that hold the character before it.

    Before the opening quote and after the closing one is code; the end of a line comment is still the comment. In a
    string that is not closed yet there is no string node: there the quotes on the line before the offset decide.
    """
    offset = min(offset, len(tree.document.text))
    at = tree.byte_offset(offset)
    kind: Literal["code", "comment", "string"] = "code"
    broken_from: int | None = None
    path: list[str] = []
    for node in _around(tree, tree.byte_offset(offset - 1), at):
        path.append(node.type)
        if node.is_error:
            broken_from = node.start_byte
        elif node.type.endswith(_CODE_IN_STRINGS):
            kind = "code"
        elif "comment" in node.type:
            kind = "comment" if _goes_on(tree, node, at) else "code"
        elif ("string" in node.type or node.type in _STRINGS) and node.start_byte < at < node.end_byte:
            kind = "string"
    if kind == "code" and broken_from is not None and _opens_string(tree, tree.char_offset(broken_from), offset):
        kind = "string"
    return Scope(kind, tuple(path[-_PATH_LENGTH:]))


def _around(tree: Tree, before: int, at: int) -> Iterator[tree_sitter.Node]:
    """The nodes that hold the bytes [before, at), outermost first."""
    yield tree.root
    cursor = tree.root.walk()
    while at > before and cursor.goto_first_child_for_byte(before) is not None:
        node = cursor.node
        if node is None or node.start_byte > before or node.end_byte < at:
            return
        yield node


def _goes_on(tree: Tree, comment: tree_sitter.Node, at: int) -> bool:
    """Whether text typed at the byte `at` would become part of the comment."""
    if comment.start_byte < at < comment.end_byte:
        return True
    covered = tree.range_of(comment)
    text = tree.document.text[covered.start : covered.end]
    return at == comment.end_byte and not text.endswith(("\n", "\r", *_COMMENT_ENDS))


def _opens_string(tree: Tree, start: int, offset: int) -> bool:
    """Whether a quote is open at an offset, counted from `start` but at most from the beginning of the line."""
    document = tree.document
    quotes = _QUOTES_OF.get(tree.language.id, "\"'`")
    quote = ""
    escaped = False
    for char in document.text[max(start, document.line_start(document.line_at(offset))) : offset]:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = bool(quote)
        elif quote:
            quote = "" if char == quote else quote
        elif char in quotes:
            quote = char
    return bool(quote)
