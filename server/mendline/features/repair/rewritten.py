"""What a change does to the lines that it touches, token by token: which errors in them it has not made."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Final

from attrs import field, frozen

from mendline.checks.finding import Finding
from mendline.features.repair.problem import Problem, offset_of
from mendline.features.repair.target import names_in
from mendline.syntax.walk import broken_nodes
from mendline.text.document import Document
from mendline.text.edits import edit_between

_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")
_WORDS: Final = re.compile(r"\w+")
_QUOTES: Final = re.compile(r"[\"'`]")
_PARSE_MS: Final = 100.0
_MOST_TOKENS: Final = 4_000
_INDENTED: Final = frozenset({"python"})
"""Languages in which a line that moves may get another meaning."""


@frozen
class Rewritten:
    """The lines that a change touches.

    Attributes:
        problem: whose document is changed.
        after: the document with the change.
        first, behind: its lines from the first one that is touched to the one behind the last.
        kept: the words that stood there before and still do.
        removed, inserted: what went and what came, each token.
        places: where what came stands in the new document, [start, end) in code points.
        shifts: from where in the new document on, by how much what is kept lies further than it did.
        text: the lines as they were, and as they are.
    """

    problem: Problem = field(repr=False)
    after: Document = field(repr=False)
    first: int
    behind: int
    kept: frozenset[str]
    removed: tuple[str, ...]
    inserted: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    shifts: tuple[tuple[int, int], ...]
    text: str = field(repr=False)

    @classmethod
    def of(cls, problem: Problem, after: Document) -> Rewritten:
        """Compare the lines that differ in a problem's document and another one."""
        before = problem.document
        edit = edit_between(before.text, after.text)
        first, last = after.line_at(edit.start), after.line_at(edit.start + len(edit.text))
        start = before.line_start(before.line_at(edit.start))
        old_text = before.text[start : before.line_end(before.line_at(edit.end))]
        new_text = after.text[start : after.line_end(last)]
        was, now = _TOKEN.findall(old_text), _TOKEN.findall(new_text)
        kept: list[str] = []
        removed: list[str] = []
        inserted: list[str] = []
        places: list[tuple[int, int]] = []
        shifts: list[tuple[int, int]] = []
        at = old_at = start
        for step, old, old_end, new, new_end in _steps(was, now):
            length = sum(map(len, now[new:new_end]))
            if step == "equal":
                kept += was[old:old_end]
                shifts.append((at, at - old_at))
            else:
                removed += was[old:old_end]
                inserted += now[new:new_end]
                places.append((at, at + length))
            at += length
            old_at += sum(map(len, was[old:old_end]))
        return cls(
            problem, after, first, last + 1, frozenset(kept), tuple(removed), tuple(inserted), tuple(places),
            tuple(shifts), f"{old_text}\n{new_text}",
        )  # fmt: skip

    @property
    def broken(self) -> tuple[int, int] | None:
        """How many nodes of the tree are broken before and after the change; None where that can't be told."""
        tree, document = self.problem.tree, self.problem.document
        if tree is None or tree.document != document:
            return None
        after = tree.edited(edit_between(document.text, self.after.text), self.after, _PARSE_MS)
        counts = [sum(1 for _ in broken_nodes(each.root)) for each in (tree, after) if each is not None]
        return (counts[0], counts[1]) if len(counts) > 1 else None

    def has(self, finding: Finding) -> bool:
        """Whether a finding of the new document begins in these lines."""
        return finding.path == self.problem.path and self.first <= finding.start.line < self.behind

    def leaves(self, finding: Finding) -> bool:
        """Whether a finding in these lines is about text that stood there before, and no word there is gone or moved.

        A line that moves to another block may get another meaning.
        """
        if any(_WORDS.fullmatch(token) for token in self.removed):
            return False
        if self._moves_lines:
            return False
        start, end = self._range(finding)
        return not any(start < behind and at < max(end, start + 1) for at, behind in self.places)

    def is_behind(self, finding: Finding) -> bool:
        """Whether a finding in these lines is about text that stood behind the problem."""
        at, _ = self._range(finding)
        shift = next((shift for start, shift in reversed(self.shifts) if start <= at), 0)
        return at - shift >= max(self.problem.range.end, self.problem.range.start + 1)

    def may_have_moved(self, finding: Finding) -> bool:
        """Whether a finding is about the block of the outermost level in which a line has moved to another block."""
        if not self._moves_lines or finding.path != self.problem.path:
            return False
        first, line = sorted((finding.start.line, self.first))
        return not any(self._is_outermost(each) for each in range(first + 1, line + 1))

    def has_not_made(self, finding: Finding) -> bool:
        """Whether it is certain that a finding in these lines would have been there before, had the file parsed.

        It is about names that stood there before, and all that the change does is to put something around or between
        them: no name of the finding has come, and it is no other text that is taken for a string.
        """
        named = names_in(finding, self.after)
        if not named or not named <= self.kept or not named.isdisjoint(self.inserted) or not self.leaves(finding):
            return False
        is_before = bool(self.places) and self._range(finding)[1] <= self.places[0][0]
        return is_before or not any(_QUOTES.fullmatch(token) for token in (*self.removed, *self.inserted))

    @property
    def _moves_lines(self) -> bool:
        if self.problem.language not in _INDENTED:
            return False
        changed = (*self.removed, *self.inserted)
        breaks = any("\n" in token or "\r" in token for token in changed)
        return breaks or any(at == self.after.line_start(self.after.line_at(at)) for at, _ in self.places)

    def _is_outermost(self, line: int) -> bool:
        start = self.after.line_start(line)
        return bool(self.after.text[start : start + 1].strip(" \t\r\n)]}"))

    def _range(self, finding: Finding) -> tuple[int, int]:
        return offset_of(self.after, finding.start), offset_of(self.after, finding.end)


def _steps(was: Sequence[str], now: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if max(len(was), len(now)) > _MOST_TOKENS:
        return [("replace", 0, len(was), 0, len(now))]
    return difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
