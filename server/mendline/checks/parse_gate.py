"""The parse gate: a candidate may not leave the document more broken than it found it.

The rule compares the tree after the candidate with the tree before it. A candidate passes if

1. the number of ERROR and MISSING nodes, nested ones included, is not higher than before;
2. in Python, where tree-sitter finds nothing at the candidate, Python's own parser doesn't refuse it there, unless it
   did so before (`checks.python_syntax`); and
3. the ERROR nodes cover at most `_SPILL_BYTES` more bytes of the document's own text than before. What they cover
   of the inserted text does not count: a candidate that carries on a broken statement becomes part of its error.

So a candidate that completes a broken statement passes, as does one that leaves it as broken as it was; one that
breaks a sound document does not, nor one that trades a small error for a string or bracket that swallows the file.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

from attrs import field, frozen

from mendline.checks.python_syntax import breaks_python
from mendline.syntax.tree import Tree
from mendline.syntax.walk import broken_nodes
from mendline.text.document import Document, Edit
from mendline.text.words import is_word

_SPILL_BYTES: Final = 80
_clock: Final = time.thread_time
_LINE_TRIALS: Final = 8
_TOKEN_TRIALS: Final = 8
_BUDGET_MS: Final = 60.0
_DANGLING: Final = re.compile(r"(?:(?<!\.\.)\.|=|(?<!\+)\+|(?<!-)-|[(\[&|^~%@])$")
_BREAK: Final = re.compile(r"\r\n?|\n")

DOES_NOT_PARSE: Final = "does not parse"
CUT: Final = "cut back to what parses"
NO_GRAMMAR: Final = "no grammar"
OUT_OF_TIME: Final = "out of time"


@frozen
class GateResult:
    """What of a candidate may be shown.

    Attributes:
        text: a prefix of the candidate; empty when nothing of it parses.
        parsed: True when `text` passed, False when it was dropped, None when it could not be judged.
        cut: whether `text` is shorter than the candidate and not empty.
        reason: why it was cut, dropped or not judged; None when the whole candidate passed.
        broken: what is broken in the document with `text` in it, as rules 1 and 2 count; 0 where it was not judged.
        tree: the tree of that document; None where nothing passed.
    """

    text: str
    parsed: bool | None
    cut: bool
    reason: str | None
    broken: int = 0
    tree: Tree | None = field(default=None, eq=False, repr=False)


def check(
    tree: Tree | None, document: Document, edit: Edit, budget_ms: float = _BUDGET_MS, *, whole_only: bool = False
) -> GateResult:
    """Judge a candidate, given as the edit that would accept it.

    A candidate that fails is cut at the end of one of its lines, from the last one up, else at the end of a token of
    its first line; the first cut that passes is the result.

    Args:
        tree: the document's tree; None, or the tree of another version, leaves the candidate unjudged.
        document: what the candidate is meant for.
        edit: what it replaces, and its text.
        budget_ms: processor time for all trials, in milliseconds: on a busy machine a good candidate comes a little
            later, and is not dropped. When it is used up before the first verdict, the candidate is unjudged; later,
            it is dropped.
        whole_only: try no parts of it.
    """
    if tree is None or (tree.document is not document and tree.document != document):
        return GateResult(edit.text, None, False, NO_GRAMMAR)
    trial = _Trial(tree, document, edit, _Breakage.of(tree, edit.start, edit.end), _clock() + budget_ms / 1000)
    whole = trial.parse(edit.text)
    if whole is None:
        return GateResult(edit.text, None, False, OUT_OF_TIME)
    breakage = trial.breakage(whole, edit.text)
    passed = breakage.allowed_after(trial.before)
    if passed and not breakage.touches:
        return GateResult(edit.text, True, False, None, breakage.total, whole)
    best = None if whole_only else _best_cut(trial, whole, breakage.total if passed else trial.before.total + 1)
    if best is not None:
        text, broken, after = best
        return GateResult(text, True, True, CUT, broken, after)
    if passed:
        return GateResult(edit.text, True, False, None, breakage.total, whole)
    return GateResult("", False, False, DOES_NOT_PARSE, trial.before.total)


@frozen
class _Breakage:
    """How broken a tree is.

    Attributes:
        count: ERROR and MISSING nodes.
        bytes: what ERROR nodes cover outside of the inserted text.
        touches: whether one of these lies in the inserted text, reaches into it or adjoins it, or it is refused.
        refused: whether none does, and Python's parser refuses the inserted text.
    """

    count: int
    bytes: int
    touches: bool
    refused: bool

    @classmethod
    def of(cls, tree: Tree, inserted_at: int, inserted_to: int) -> _Breakage:
        """Measure a tree into which the code points [inserted_at, inserted_to) were inserted."""
        start, end = tree.byte_offset(inserted_at), tree.byte_offset(inserted_to)
        count = covered = 0
        touches = False
        for node, within in broken_nodes(tree.root):
            count += 1
            touches = touches or (node.start_byte <= end and node.end_byte >= start)
            if not within and node.is_error:
                inside = max(0, min(node.end_byte, end) - max(node.start_byte, start))
                covered += node.end_byte - node.start_byte - inside
        refused = not touches and tree.language.id == "python" and breaks_python(tree, inserted_at, inserted_to)
        return cls(count, covered, touches or refused, refused)

    @property
    def total(self) -> int:
        """How much is broken, as one number."""
        return self.count + self.refused

    def allowed_after(self, before: _Breakage) -> bool:
        """Whether a candidate that leads from `before` to this keeps the three rules."""
        sound = self.count <= before.count and (before.refused or not self.refused)
        return sound and self.bytes <= before.bytes + _SPILL_BYTES


@frozen
class _Trial:
    """Applies shorter and shorter texts in the place of one candidate, until the deadline."""

    tree: Tree
    document: Document
    edit: Edit
    before: _Breakage
    deadline: float

    def parse(self, text: str) -> Tree | None:
        """The document's tree with `text` in the candidate's place, None when out of time."""
        left_ms = (self.deadline - _clock()) * 1000
        if left_ms <= 0:
            return None
        edit = Edit(self.edit.start, self.edit.end, text)
        return self.tree.edited(edit, self.document.apply(edit), left_ms, _clock)

    def breakage(self, after: Tree, text: str) -> _Breakage:
        """How broken a tree is that `parse` made for `text`."""
        return _Breakage.of(after, self.edit.start, self.edit.start + len(text))


def _best_cut(trial: _Trial, whole: Tree, below: int) -> tuple[str, int, Tree] | None:
    """The cut with the fewest broken nodes, if they are fewer than `below`, their number, and the tree with it."""
    best: tuple[str, int, Tree] | None = None
    for length in _cuts(whole, trial.edit):
        text = trial.edit.text[:length]
        after = trial.parse(text)
        if after is None:
            break
        breakage = trial.breakage(after, text)
        if breakage.total < below and breakage.allowed_after(trial.before):
            best, below = (text, breakage.total, after), breakage.total
        if below == 0 or (best is not None and not breakage.touches):
            break
    return best


def _cuts(whole: Tree, edit: Edit) -> Iterator[int]:
    """The lengths to try for a candidate that failed, longest first; never one that leaves only whitespace."""
    after = whole.document.text[edit.start + len(edit.text) :][:1]
    tried = {len(edit.text)}
    for lengths, trials in ((_line_ends, _LINE_TRIALS), (_token_ends, _TOKEN_TRIALS)):
        yield from islice(_worth_trying(lengths(whole, edit), edit.text, after, tried), trials)


def _worth_trying(lengths: Iterator[int], text: str, after: str, tried: set[int]) -> Iterator[int]:
    for length in lengths:
        # A word may not run into the word that follows the cursor; and what ends in an operator was cut in its middle.
        joins = is_word(text[length - 1 : length]) and is_word(after)
        dangles = _DANGLING.search(text[:length]) is not None
        if length > 0 and length not in tried and not joins and not dangles:
            tried.add(length)
            yield length


def _line_ends(_whole: Tree, edit: Edit) -> Iterator[int]:
    """Where the candidate's lines end, last first, blank space not counted."""
    for match in reversed(list(_BREAK.finditer(edit.text))):
        yield len(edit.text[: match.start()].rstrip())


def _token_ends(whole: Tree, edit: Edit) -> Iterator[int]:
    """Where the tokens of the candidate's first line end, last first: each token is taken off the end in turn."""
    first_break = _BREAK.search(edit.text)
    length = len(edit.text[: first_break.start() if first_break else None].rstrip())
    while length > 0:
        offset = edit.start + length
        leaf = whole.root.descendant_for_byte_range(whole.byte_offset(offset - 1), whole.byte_offset(offset))
        if leaf is not None and leaf.child_count == 0 and not leaf.is_error:
            length = whole.char_offset(leaf.start_byte) - edit.start
        else:  # The parser skipped this text without making tokens of it.
            length = _without_last_word(edit.text[:length])
        length = len(edit.text[: max(length, 0)].rstrip())
        yield length


def _without_last_word(text: str) -> int:
    """The length of a text without its last word, or without its last character if that is none."""
    length = len(text)
    while length > 0 and is_word(text[length - 1]):
        length -= 1
    return min(length, len(text) - 1)
