"""The first line of a definition's documentation: of its docstring, or of the comment right above it."""

from __future__ import annotations

import re
from typing import Final

import tree_sitter

from mendline.syntax.tree import Tree

DOC_LIMIT: Final = 200
_LINES_UP: Final = 100

_ATTRIBUTE: Final = ("#[", "@", "[")
_MARKERS: Final = re.compile(r"^(?:/\*+!?|\*+/?|//+[!/]?|--+\[*|#+[:!]?|=begin)\s*|\s*\*+/$|<[^<>]{1,40}>")
_QUOTES: Final = re.compile(r"""^[rRbBuUfF]{0,2}("{3}|'{3}|"|')|("{3}|'{3}|"|')$""")
# Words to tools, not to readers.
_DIRECTIVE: Final = re.compile(
    r"@|(?:eslint|tslint|jshint|prettier|istanbul|c8|ts-|biome|noqa|pylint|pragma|type:|mypy:|ruff:|fmt:|isort:|nosec"
    r"|nolint|go:|clang-format|rubocop|shellcheck|phpcs|NOLINT|region\b|endregion\b)"
)
_LETTER: Final = re.compile(r"[^\W\d_]")


def doc_of(tree: Tree, start: int, body: tree_sitter.Node | None) -> str:
    """The first line of what documents the definition that begins at `start`; empty without any.

    Args:
        tree: the file.
        start: where the definition begins with all it is shown with, in code points.
        body: where a docstring would be.
    """
    if tree.language.id == "python" and body is not None and (docstring := _docstring(tree, body)):
        return docstring
    line_number = tree.document.line_at(start)
    if tree.document.text[tree.document.line_start(line_number) : start].strip():
        return ""  # what stands above the line documents what the line begins with
    for line in _comment_above(tree, line_number):
        words = _bare(line)
        if _LETTER.search(words) and not _DIRECTIVE.match(words):
            return words[:DOC_LIMIT]
    return ""


def docstring_in(body: tree_sitter.Node) -> tree_sitter.Node | None:
    """The string, quotes and all, that documents the Python definition with this body; None without one."""
    statement = _first(body)
    text = _first(statement) if statement is not None and statement.type == "expression_statement" else None
    return text if text is not None and text.type == "string" else None


def _docstring(tree: Tree, body: tree_sitter.Node) -> str:
    text = docstring_in(body)
    if text is None:
        return ""
    whole = tree.range_of(text)
    lines = tree.document.text[whole.start : min(whole.end, whole.start + 4 * DOC_LIMIT)].splitlines()
    bare = (_QUOTES.sub("", line.strip()).strip() for line in lines)
    return next((line for line in bare if line), "")[:DOC_LIMIT]


def _first(node: tree_sitter.Node) -> tree_sitter.Node | None:
    return node.named_child(0) if node.named_child_count else None


def _comment_above(tree: Tree, line: int) -> list[str]:
    """The lines of the comment that ends right above a line, attributes between not counted."""
    document, language = tree.document, tree.language
    marker, block = language.line_comment, language.block_comment
    found: list[str] = []
    within_block = False
    for number in range(line - 1, max(line - 1 - _LINES_UP, -1), -1):
        text = document.line_text(number).strip()
        if within_block:
            within_block = block is None or block[0] not in text
        elif block and not found and text.endswith(block[1]) and marker is not None:
            within_block = block[0] not in text
            # Code may stand before a comment that ends its line.
            if not within_block and not text.startswith(block[0]):
                break
        elif not found and text.startswith(_ATTRIBUTE) and marker != "--":
            continue
        elif marker is None or not text.startswith(marker) or text.startswith("#!"):
            break
        found.append(text)
        if found and block and text.startswith(block[0]):
            break
    return [] if within_block else found[::-1]


def _bare(line: str) -> str:
    before = None
    while before != line:
        before, line = line, _MARKERS.sub("", line).strip()
    return line
