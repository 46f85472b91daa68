"""Which findings an edit made, and which it removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import frozen

from mendline.checks.finding import Finding
from mendline.text.document import Document, Edit


@frozen
class Lines:
    """Where lines go in an edit.

    Attributes:
        edited: for each edit its lines before, [start, end], and its lines after.
    """

    edited: tuple[tuple[range, range], ...]

    @classmethod
    def of(cls, before: Document, edits: Sequence[Edit]) -> Lines:
        """Follow edits that are in order."""
        edited: list[tuple[range, range]] = []
        shift = 0
        for edit in edits:
            first, last = before.line_at(edit.start), before.line_at(edit.end)
            breaks = len(Document.of(edit.text).line_texts(0, 1_000_000)) - 1 if edit.text else 0
            start = first + shift
            edited.append((range(first, last + 1), range(start, start + breaks + 1)))
            shift += breaks - (last - first)
        return cls(tuple(edited))

    def place(self, line: int) -> tuple[str, int]:
        """Where a line of the old text is: in the new text's line, or in an edit, by its number."""
        shift = 0
        for number, (old, new) in enumerate(self.edited):
            if line in old:
                return "edit", number
            if line < old.start:
                break
            shift = new.stop - old.stop
        return "line", line + shift

    def place_after(self, line: int) -> tuple[str, int]:
        """As `place`, for a line of the new text."""
        for number, (_, new) in enumerate(self.edited):
            if line in new:
                return "edit", number
        return "line", line


def new_findings(before: Iterable[Finding], after: Iterable[Finding], path: str, lines: Lines) -> tuple[Finding, ...]:
    """The findings of `after` that `before` doesn't have, wherever they have moved to.

    A finding is the same where tool, code and message are the same, and it lies in a line that was only moved, or both
    lie in the same edit.
    """
    known = Counter(_key(each, lines.place(each.start.line) if each.path == path else None) for each in before)
    new: list[Finding] = []
    for each in after:
        key = _key(each, lines.place_after(each.start.line) if each.path == path else None)
        if known[key] > 0:
            known[key] -= 1
        else:
            new.append(each)
    return tuple(new)


def _key(finding: Finding, place: tuple[str, int] | None) -> tuple[object, ...]:
    where = place if place is not None else ("line", finding.start.line)
    return finding.path, finding.source, finding.code, finding.message, where
