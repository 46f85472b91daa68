"""What a change did to the findings: which are new, which are gone, whatever the lines they moved to."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import frozen

from mendline.checks.check import Report, Status
from mendline.checks.finding import Finding
from mendline.text.lines import split_lines

_MOST_LINES: Final = 2_000
"""Where more lines than that differ, they are one block: aligning them would take too long."""

_LINE_NUMBER: Final = re.compile(r"\b(lines?|row|at|:) ?\d+(?:[:,] ?\d+)*", re.IGNORECASE)

_Lines = tuple[int, int]


@frozen
class Difference:
    """What changed between two rounds of checks.

    Attributes:
        new: findings that were not there before, in the order of the reports after.
        gone: those that are no longer there, in the order of the reports before.
        unjudged: names of checks that ran only one of the two times, and so say nothing about the change.
    """

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    unjudged: tuple[str, ...] = ()


def compare(
    before: Sequence[Report], after: Sequence[Report], old: Mapping[str, str], new: Mapping[str, str]
) -> Difference:
    """Compare what checks said before and after a change.

    Two findings are the same one if source, code and message are (numbers of lines within the message don't count), and
    its line is the same line of the file, or lies in the lines that took the place of those it was in. Of several
    alike, as many stay as there are on both sides.

    Args:
        before: the reports before the change.
        after: those after it.
        old: the texts before the change, by path; files that aren't among them didn't change.
        new: the same after it.
    """
    ran_before, ran_after = (
        {each.check: each for each in reports if each.status is Status.RAN} for reports in (before, after)
    )
    moves = {path: _moves(old[path], text) for path, text in new.items() if old.get(path, text) != text}
    added: list[Finding] = []
    gone: list[Finding] = []
    for name, report in ran_after.items():
        if name in ran_before:
            left, fresh = _unmatched(ran_before[name].findings, report.findings, moves)
            gone += left
            added += fresh
    unjudged = [each.check for each in (*before, *after) if (each.check in ran_before) != (each.check in ran_after)]
    return Difference(tuple(added), tuple(gone), tuple(dict.fromkeys(unjudged)))


def _unmatched(
    before: Iterable[Finding], after: Iterable[Finding], moves: Mapping[str, Sequence[tuple[_Lines, _Lines]]]
) -> tuple[list[Finding], list[Finding]]:
    """The findings of either side that have no match on the other."""
    waiting: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in after:
        waiting[_kind(finding)].append(finding)
    gone = []
    for finding in before:
        first, last = _now(finding.start.line, moves.get(finding.path, ()))
        alike = waiting[_kind(finding)]
        found = next((each for each in alike if first <= each.start.line <= last), None)
        if found is None:
            gone.append(finding)
        else:
            alike.remove(found)
    left = {id(each) for each_kind in waiting.values() for each in each_kind}
    return gone, [finding for finding in after if id(finding) in left]


def _kind(finding: Finding) -> tuple[str, ...]:
    return finding.path, finding.source, finding.code, _LINE_NUMBER.sub(r"\1", finding.message)


def _now(line: int, moves: Sequence[tuple[_Lines, _Lines]]) -> _Lines:
    """The first and the last line at which what was in a line is now."""
    shift = 0
    for (old_start, old_end), (new_start, new_end) in moves:
        if line < old_start:
            break
        if line < old_end:
            return new_start, max(new_start, new_end - 1)
        shift = new_end - old_end
    return line + shift, line + shift


def _moves(old: str, new: str) -> list[tuple[_Lines, _Lines]]:
    """The blocks of lines that differ, [start, end) in both texts, in their order."""
    before, after = split_lines(old), split_lines(new)
    start = _agreeing(before, after)
    tail = _agreeing(before[start:][::-1], after[start:][::-1])
    was, now = before[start : len(before) - tail], after[start : len(after) - tail]
    if max(len(was), len(now)) > _MOST_LINES:
        return [((start, start + len(was)), (start, start + len(now)))]
    steps = difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return [
        ((start + old_start, start + old_end), (start + new_start, start + new_end))
        for step, old_start, old_end, new_start, new_end in steps
        if step != "equal"
    ]


def _agreeing(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts have in common at their beginnings."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
