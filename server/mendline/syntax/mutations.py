"""Small changes to code that fails its tests: one operator, number, name or statement at a time.

Most slips are of this kind, and where tests run in a moment, trying them costs less than an answer of a model. The
tests decide; without tests that fail there is nothing that could tell a right change from a wrong one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import tree_sitter

from mendline.syntax.statements import is_statement
from mendline.syntax.tree import Tree
from mendline.text.document import Edit, Range

_OPERATORS: Final = {
    "<": ("<=", ">"),
    "<=": ("<", ">="),
    ">": (">=", "<"),
    ">=": (">", "<="),
    "==": ("!=",),
    "!=": ("==",),
    "===": ("!==",),
    "!==": ("===",),
    "+": ("-",),
    "-": ("+",),
    "*": ("/", "+"),
    "/": ("*", "//"),
    "//": ("/", "%"),
    "%": ("//", "/"),
    "**": ("*",),
    "+=": ("-=",),
    "-=": ("+=",),
    "*=": ("+=",),
    "and": ("or",),
    "or": ("and",),
    "&&": ("||",),
    "||": ("&&",),
    "&": ("|",),
    "|": ("&",),
    "in": ("not in",),
    "True": ("False",),
    "False": ("True",),
    "true": ("false",),
    "false": ("true",),
    "break": ("continue",),
    "continue": ("break",),
}
_NAMES: Final = {
    "min": ("max",),
    "max": ("min",),
    "any": ("all",),
    "all": ("any",),
    "lower": ("upper",),
    "upper": ("lower",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "startswith": ("endswith",),
    "endswith": ("startswith",),
    "islower": ("isupper",),
    "isupper": ("islower",),
}
_NUMBER: Final = re.compile(r"\d+")
_LEAVES: Final = 600
_MOST_NAMES: Final = 6
_CALLS: Final = frozenset({"call", "call_expression", "method_invocation"})
_MEMBERS: Final = frozenset(
    {"attribute", "member_expression", "field_expression", "selector_expression", "keyword_argument"}
)
_COMPARISONS: Final = ("comparison_operator", "binary_expression")
_BINARY: Final = ("binary_operator", "boolean_operator", "binary_expression")
_KEPT: Final = ("return", "import", "definition", "declaration_list", "comment", "function", "class")


def mutations(tree: Tree, region: Range, focus: Sequence[Range], most: int) -> tuple[Edit, ...]:
    """The small changes to try in a region of a tree's document, at most so many; each is one edit.

    Args:
        tree: the document's.
        region: where, in code points.
        focus: where changes come first: what other attempts changed, what its author is not sure of.
        most: how many.
    """
    nodes = list(_nodes(tree, region))
    edits = list(dict.fromkeys((*_single(tree, nodes), *_structural(tree, nodes), *_renamed(tree, nodes))))
    # A stable sort: within and without the focus the order stays.
    edits.sort(key=lambda edit: not any(place.start <= edit.start and edit.end <= place.end for place in focus))
    return tuple(edits[:most])


def _nodes(tree: Tree, region: Range) -> Iterator[tree_sitter.Node]:
    """The nodes that lie in a region, in the order of the text, each before what is in it."""
    start, end = tree.byte_offset(region.start), tree.byte_offset(region.end)
    pending = [tree.root]
    left = _LEAVES * 4
    while pending and left:
        node = pending.pop()
        left -= 1
        if node.end_byte <= start or node.start_byte >= end:
            continue
        if node.start_byte >= start and node.end_byte <= end and "comment" not in node.type:
            yield node
        if "string" not in node.type or any("interpolation" in child.type for child in node.children):
            pending.extend(reversed(node.children))


def _single(tree: Tree, nodes: Sequence[tree_sitter.Node]) -> Iterator[Edit]:
    """One operator, number or well-known name for another."""
    for node in nodes:
        if node.child_count:
            continue
        text, place = tree.text_of(node), tree.range_of(node)
        if text != "in" or (node.parent is not None and node.parent.type in _COMPARISONS):
            for other in (*_OPERATORS.get(text, ()), *_NAMES.get(text, ())):
                yield Edit(place.start, place.end, other)
        if text in ("not", "!"):
            yield Edit(place.start, place.end + (text == "not"), "")
        if node.is_named and _NUMBER.fullmatch(text) and len(text) < 7:
            for number in (int(text) + 1, int(text) - 1):
                if number >= 0:
                    yield Edit(place.start, place.end, str(number))


def _structural(tree: Tree, nodes: Sequence[tree_sitter.Node]) -> Iterator[Edit]:
    """One operand for the whole, an argument for its call, a statement less."""
    for node in nodes:
        place = tree.range_of(node)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type in _BINARY and left is not None and right is not None:
            for side in (left, right):
                yield Edit(place.start, place.end, tree.text_of(side))
            if tree.text_of(node).count("\n") == 0:
                operator = tree.document.text[tree.range_of(left).end : tree.range_of(right).start]
                if operator.strip() in ("-", "/", "//", "%", "<", ">"):
                    yield Edit(place.start, place.end, f"{tree.text_of(right)}{operator}{tree.text_of(left)}")
        arguments = node.child_by_field_name("arguments")
        if node.type in _CALLS and arguments is not None:
            given = arguments.named_children
            if len(given) == 1:
                yield Edit(place.start, place.end, tree.text_of(given[0]))
            if len(given) == 2:
                first, second = tree.range_of(given[0]), tree.range_of(given[1])
                between = tree.document.text[first.end : second.start]
                yield Edit(first.start, second.end, f"{tree.text_of(given[1])}{between}{tree.text_of(given[0])}")
        if is_statement(node) and not any(word in node.type for word in _KEPT):
            yield Edit(*_line(tree, place), "")


def _line(tree: Tree, place: Range) -> tuple[int, int]:
    """A statement's lines, where it has them for itself; else what it covers."""
    document = tree.document
    start = document.line_start(document.line_at(place.start))
    last = document.line_at(place.end)
    end = document.line_start(last + 1) if last + 1 < document.line_count else len(document.text)
    alone = not document.text[start : place.start].strip() and not document.text[place.end : end].strip(" \t\r\n;")
    return (start, end) if alone else (place.start, place.end)


def _renamed(tree: Tree, nodes: Sequence[tree_sitter.Node]) -> Iterator[Edit]:
    """One variable for another of the function."""
    uses = [node for node in nodes if node.type == "identifier" and not _is_called_or_member(node)]
    counts = Counter(tree.text_of(node) for node in uses)
    names = [name for name, _ in counts.most_common(_MOST_NAMES)]
    for node in uses:
        own, place = tree.text_of(node), tree.range_of(node)
        if _is_fixed(node):
            continue
        for name in names:
            if name != own:
                yield Edit(place.start, place.end, name)


def _is_called_or_member(node: tree_sitter.Node) -> bool:
    parent = node.parent
    if parent is None or "definition" in parent.type or "declaration" in parent.type:
        return True
    if parent.type in _CALLS:
        return parent.child_by_field_name("function") == node or parent.child_by_field_name("name") == node
    return parent.type in _MEMBERS and parent.children[0] != node


def _is_fixed(node: tree_sitter.Node) -> bool:
    """Whether a name is a parameter, a type, or what is assigned to."""
    child, above = node, node.parent
    while above is not None and not is_statement(child):
        if "parameter" in above.type or "type" in above.type or above.child_by_field_name("left") == child:
            return above.type not in _BINARY
        child, above = above, above.parent
    return False
