"""Mends a candidate whose brackets don't match: closers are dropped or added until the document parses with it.

Brackets are taken from the tree of the document with the candidate in it, so those in strings and comments don't count.
Nothing else is changed, and what results is judged by the parse gate like any other candidate.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Final

import tree_sitter
from attrs import evolve, frozen

from mendline.checks.parse_gate import GateResult, check
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Edit

MENDED: Final = "brackets made to match"

_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "${": "}", "#{": "}"}
_CLOSERS: Final = frozenset(_PAIRS.values())
_BUDGET_MS: Final = 30.0
# More than this is no slip: the candidate is another text than the one the model meant.
_MOST_ADDED: Final = 3
_MOST_DROPPED: Final = 2
_LEAF_LIMIT: Final = 4000
# After these something is missing that no bracket can stand for.
_UNFINISHED: Final = re.compile(r"[,.(\[{:=+*/%&|<^~?!\\-]\s*$|\b(?:and|or|not|in|is|if|else|return|new|await)\s*$")
# Code on lines after a closer was meant to stand outside of what it closes.
_MORE_LINES: Final = re.compile(r"[\r\n][^\w]*\w")
_INDENTATION: Final = re.compile(r"[ \t]*")
_BREAK: Final = re.compile(r"\r\n?|\n")


@frozen
class _Bracket:
    """A bracket of the candidate.

    Attributes:
        text: the bracket.
        position: where it stands in the candidate's text.
    """

    text: str
    position: int


def repair_brackets(
    tree: Tree | None, document: Document, edit: Edit, *, add: bool = True, budget_ms: float = _BUDGET_MS
) -> GateResult | None:
    """Find the mended text of a candidate that the parse gate refused or would cut.

    Args:
        tree: the document's tree.
        document: what the candidate is meant for.
        edit: what it replaces, and its text.
        add: whether closers may be added; not where the candidate was broken off, and more is missing than them.
        budget_ms: processor time for all trials, in milliseconds.

    Returns:
        The gate's verdict on the first mended text that passes whole, its reason `MENDED`; None when there is none.
    """
    if tree is None or tree.document != document:
        return None
    deadline = time.thread_time() + budget_ms / 1000
    after = tree.edited(edit, document.apply(edit), budget_ms, time.thread_time)
    if after is None:
        return None
    for text in _mended(after, edit, add=add):
        left_ms = (deadline - time.thread_time()) * 1000
        if left_ms <= 0:
            return None
        result = check(tree, document, Edit(edit.start, edit.end, text), left_ms)
        if result.parsed and not result.cut and result.text.strip():
            return evolve(result, reason=MENDED)
    return None


def _mended(after: Tree, edit: Edit, *, add: bool) -> Iterator[str]:
    """The texts to try, those with the smallest change first."""
    brackets = list(_brackets(after, edit))
    opened, closing = _unmatched(brackets)
    text = edit.text
    for many in range(1, min(len(closing), _MOST_DROPPED) + 1):
        for dropped in (closing[-many:], closing[:many]):
            if _MORE_LINES.search(text, dropped[0].position):
                continue
            mended = text
            for bracket in reversed(dropped):
                mended = mended[: bracket.position] + mended[bracket.position + len(bracket.text) :]
            yield mended.rstrip() if mended.rstrip() != text.rstrip() else mended
    if add and 0 < len(opened) <= _MOST_ADDED and not _UNFINISHED.search(text):
        yield text.rstrip() + "".join(_closer(after, edit, bracket) for bracket in reversed(opened))


def _closer(after: Tree, edit: Edit, opener: _Bracket) -> str:
    """What closes a bracket at the end of the text: a brace of several lines on a line of its own."""
    closer = _PAIRS[opener.text]
    line_break = _BREAK.search(edit.text, opener.position)
    if opener.text != "{" or line_break is None:
        return closer
    document = after.document
    line = document.line_at(edit.start + opener.position)
    indentation = _INDENTATION.match(document.text, document.line_start(line))
    assert indentation is not None
    return line_break.group() + indentation.group() + closer


def _unmatched(brackets: list[_Bracket]) -> tuple[list[_Bracket], list[_Bracket]]:
    """The brackets that the candidate leaves open, and those that close what it did not open."""
    opened: list[_Bracket] = []
    closing: list[_Bracket] = []
    for bracket in brackets:
        if bracket.text in _PAIRS:
            opened.append(bracket)
        elif opened and _PAIRS[opened[-1].text] == bracket.text:
            opened.pop()
        else:
            closing.append(bracket)
    return opened, closing


def _brackets(after: Tree, edit: Edit) -> Iterator[_Bracket]:
    """The brackets in the candidate, in order."""
    start, end = after.byte_offset(edit.start), after.byte_offset(edit.start + len(edit.text))
    top = after.root.descendant_for_byte_range(start, end) or after.root
    pending = [top]
    visits = 0
    while pending and visits < _LEAF_LIMIT:
        node = pending.pop()
        visits += 1
        if node.end_byte <= start or node.start_byte >= end or node.is_missing:
            continue
        if node.child_count:
            pending.extend(reversed(node.children))
        elif (node.type in _PAIRS or node.type in _CLOSERS) and node.start_byte >= start and not _ends_hole(node):
            yield _Bracket(node.type, after.char_offset(node.start_byte) - edit.start)


def _ends_hole(node: tree_sitter.Node) -> bool:
    """Whether a brace belongs to code that a string embeds: it is needed there, and its other half is before it."""
    return node.parent is not None and node.parent.type.endswith(("interpolation", "substitution"))
