"""Mends a candidate whose brackets don't match: closers are dropped or added until the document parses with it.

Brackets are taken from the tree of the document with the candidate in it, so those in strings and comments don't count.
Nothing else is changed, and what results is judged by the parse gate like any other candidate.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Final

from attrs import evolve

from mendline.checks.brackets import PAIRS, Bracket, unmatched
from mendline.checks.parse_gate import GateResult, check
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Edit

MENDED: Final = "brackets made to match"

_BUDGET_MS: Final = 30.0
# More than this is no slip: the candidate is another text than the one the model meant.
_MOST_ADDED: Final = 3
_MOST_DROPPED: Final = 2
# After these something is missing that no bracket can stand for.
_UNFINISHED: Final = re.compile(r"[,.(\[{:=+*/%&|<^~?!\\-]\s*$|\b(?:and|or|not|in|is|if|else|return|new|await)\s*$")
# Code on lines after a closer was meant to stand outside of what it closes.
_MORE_LINES: Final = re.compile(r"[\r\n][^\w]*\w")
_INDENTATION: Final = re.compile(r"[ \t]*")
_BREAK: Final = re.compile(r"\r\n?|\n")


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
    opened, closing = unmatched(after, edit)
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


def _closer(after: Tree, edit: Edit, opener: Bracket) -> str:
    """What closes a bracket at the end of the text: a brace of several lines on a line of its own."""
    closer = PAIRS[opener.text]
    line_break = _BREAK.search(edit.text, opener.position)
    if opener.text != "{" or line_break is None:
        return closer
    document = after.document
    line = document.line_at(edit.start + opener.position)
    indentation = _INDENTATION.match(document.text, document.line_start(line))
    assert indentation is not None
    return line_break.group() + indentation.group() + closer
