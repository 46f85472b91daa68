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
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from typing import Final

from attrs import define, field, frozen

from mendline.checks.brackets import unmatched
from mendline.checks.python_syntax import refused_line
from mendline.syntax.tree import Tree
from mendline.syntax.walk import broken_nodes
from mendline.text.document import Document, Edit
from mendline.text.words import is_word

_SPILL_BYTES: Final = 80
_LINE_TRIALS: Final = 12
_LAST_LINES: Final = 3
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

    A candidate that fails is cut at the end of one of its lines, else at the end of a token of its first line: where
    least is broken, and of those cuts at the longest that was found. How a long text is searched: `_cut_at_a_line`.

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
    deadline = time.thread_time() + budget_ms / 1000
    trial = _Trial(tree, document, edit, _Breakage.of(tree, edit.start, edit.end), deadline)
    whole = trial.parse(edit.text)
    if whole is None:
        return GateResult(edit.text, None, False, OUT_OF_TIME)
    breakage = trial.breakage(whole, edit.text)
    passed = breakage.allowed_after(trial.before)
    if passed and not breakage.touches:
        return GateResult(edit.text, True, False, None, breakage.total, whole)
    below = breakage.total if passed else trial.before.total + 1
    best = None if whole_only else _best_cut(trial, whole, below, _first_wrong(whole, edit, breakage))
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
        refused: the line at which Python's parser refuses the inserted text, where none does.
    """

    count: int
    bytes: int
    touches: bool
    refused: int | None

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
        asked = not touches and tree.language.id == "python"
        refused = refused_line(tree, inserted_at, inserted_to) if asked else None
        return cls(count, covered, touches or refused is not None, refused)

    @property
    def total(self) -> int:
        """How much is broken, as one number."""
        return self.count + (self.refused is not None)

    def allowed_after(self, before: _Breakage) -> bool:
        """Whether a candidate that leads from `before` to this keeps the three rules."""
        sound = self.count <= before.count and (before.refused is not None or self.refused is None)
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
        left_ms = (self.deadline - time.thread_time()) * 1000
        if left_ms <= 0:
            return None
        edit = Edit(self.edit.start, self.edit.end, text)
        return self.tree.edited(edit, self.document.apply(edit), left_ms, time.thread_time)

    def breakage(self, after: Tree, text: str) -> _Breakage:
        """How broken a tree is that `parse` made for `text`."""
        return _Breakage.of(after, self.edit.start, self.edit.start + len(text))


@define
class _Cutting:
    """Judges parts of a candidate and keeps the best one.

    Attributes:
        trial: parses them.
        below: how much may be broken at most, and one more.
        best: the text with which least is broken, of several the longest, how much that is, and the tree with it.
        over: whether the time is used up; nothing is judged any more then.
    """

    trial: _Trial
    below: int
    best: tuple[str, int, Tree] | None = None
    over: bool = False

    def settles(self, length: int) -> bool:
        """Judge the part of this length; return whether it passes and nothing shorter can be better."""
        text = self.trial.edit.text[:length]
        after = None if self.over else self.trial.parse(text)
        if after is None:
            self.over = True
            return False
        breakage = self.trial.breakage(after, text)
        broken = breakage.total
        if broken >= self.below or not breakage.allowed_after(self.trial.before):
            return False
        if self.best is None or (broken, -length) < (self.best[1], -len(self.best[0])):
            self.best = text, broken, after
        return broken == 0 or not breakage.touches


def _best_cut(trial: _Trial, whole: Tree, below: int, wrong_at: int) -> tuple[str, int, Tree] | None:
    """The cut with the fewest broken nodes, if they are fewer than `below`, their number, and the tree with it."""
    edit = trial.edit
    after = whole.document.text[edit.start + len(edit.text) :][:1]
    cutting = _Cutting(trial, below)
    ends = tuple(_worth_trying(_line_ends(edit.text), edit.text, after))
    if not _cut_at_a_line(cutting, ends, bisect_right(ends, wrong_at)):
        for length in islice(_worth_trying(_token_ends(whole, edit), edit.text, after), _TOKEN_TRIALS):
            if cutting.settles(length):
                break
    return cutting.best


def _cut_at_a_line(cutting: _Cutting, ends: Sequence[int], sound: int) -> bool:
    """Look for the longest part that passes, of those that end with a line; return whether one settled it.

    The last few come first, then the longest in which nothing seems wrong, then ever more lines are taken off the end
    at once. Between a part that passes and the next longer one that was tried, the longest is found by halves. That
    parts pass up to some length and no further is likely, not certain: none passes that ends within a bracket. So if
    none of these does, the trials that are left go to those in between.

    Args:
        cutting: judges them.
        ends: their lengths, in ascending order.
        sound: in how many of them nothing seems wrong.
    """
    tried: list[int] = []
    for index in islice(_order(len(ends), sound), _LINE_TRIALS):
        if cutting.settles(ends[index]):
            _lengthen(cutting, ends, index, min((each for each in tried if each > index), default=len(ends)))
            return True
        tried.append(index)
    return False


def _order(count: int, sound: int) -> Iterator[int]:
    """The numbers below `count` in the order in which to try them, if those below `sound` likely pass."""
    last = range(count - 1, count - 1 - _LAST_LINES, -1)
    doubling = (max(0, count - _LAST_LINES + 1 - (1 << power)) for power in range(1, count.bit_length() + 1))
    every = chain(last, (sound - 1, sound - 2), doubling, reversed(range(count)))
    yield from dict.fromkeys(index for index in every if index >= 0)


def _lengthen(cutting: _Cutting, ends: Sequence[int], passes: int, fails: int) -> None:
    """Halve the stretch between the numbers of a part that passes and a longer one that doesn't."""
    while fails - passes > 1:
        middle = (passes + fails) // 2
        if cutting.settles(ends[middle]):
            passes = middle
        else:
            fails = middle


def _first_wrong(whole: Tree, edit: Edit, breakage: _Breakage) -> int:
    """Where the candidate seems to go wrong first: at what is broken behind its start, or a bracket without another."""
    document = whole.document
    found = [len(edit.text), *(brackets[0].position for brackets in unmatched(whole, edit) if brackets)]
    if breakage.refused is not None:
        found.append(document.line_start(breakage.refused) - edit.start)
    start = whole.byte_offset(edit.start)
    first = next((node.start_byte for node, _ in broken_nodes(whole.root) if node.start_byte > start), None)
    if first is not None:
        found.append(whole.char_offset(first) - edit.start)
    return min(found)


def _worth_trying(lengths: Iterable[int], text: str, after: str) -> Iterator[int]:
    """Those that leave something good to try, none of them twice in a row."""
    for length, _ in groupby(lengths):
        # A word may not run into the word that follows the cursor; and what ends in an operator was cut in its middle.
        joins = is_word(text[length - 1 : length]) and is_word(after)
        dangles = _DANGLING.search(text[:length]) is not None
        if 0 < length < len(text) and not joins and not dangles:
            yield length


def _line_ends(text: str) -> Iterator[int]:
    """Where a text's lines end, blank space not counted."""
    for match in _BREAK.finditer(text):
        yield len(text[: match.start()].rstrip())


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
