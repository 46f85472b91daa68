"""Cuts a candidate that goes round in circles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site

_MOST_EQUAL = 3
_LONGEST_BLOCK = 8
# A text of two characters or more, five times in a row up to the very end: a list that is meant ends differently.
_LOOP = re.compile(r"(.{2,60}?)\1{4,}$", re.DOTALL)
_TELLING = re.compile(r"\w")
# Of a block of lines before the cursor, letters and digits that make it more than an idiom.
_LEAST_TELLING = 16


def cut_repetition(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Cut after the first of several equal lines or blocks of lines; drop a text that ends in a loop.

    A document that repeats the same lines itself (a table, a list) may go on so. Also dropped is a text of several
    lines that stand right before the cursor already.
    """
    lines = candidate.text.split("\n")
    bare = [line.strip() for line in lines]
    end = _first_circle(bare, [line.strip() for line in site.preceding])
    if end is not None:
        return candidate.until(sum(len(line) + 1 for line in lines[:end]) - 1)
    loop = _LOOP.search(candidate.text.rstrip())
    if loop and _TELLING.search(loop.group(1)):
        return Rejection(RejectReason.REPETITIVE, f"a piece of {len(loop.group(1))} characters comes again and again")
    if _is_written_before(bare, site):
        return Rejection(RejectReason.REPETITIVE, "it repeats the lines before the cursor")
    return candidate


def _first_circle(lines: Sequence[str], preceding: Sequence[str]) -> int | None:
    """The line after the first pass of the first circle, shortest circles first."""
    for period in range(1, min(_LONGEST_BLOCK, len(lines) // _MOST_EQUAL) + 1):
        for start in range(len(lines) - period * _MOST_EQUAL + 1):
            block = lines[start : start + period]
            if not _TELLING.search("".join(block)) or not block[0] or not block[-1]:
                continue
            rounds = (lines[start + period * turn : start + period * (turn + 1)] for turn in range(1, _MOST_EQUAL))
            if all(other == block for other in rounds) and not _is_at_home(block, preceding):
                return start + period
    return None


def _is_at_home(block: Sequence[str], preceding: Sequence[str]) -> bool:
    """Whether the document has the block twice in a row before the cursor."""
    twice = [*block, *block]
    return any(list(preceding[at : at + len(twice)]) == twice for at in range(len(preceding) - len(twice) + 1))


def _is_written_before(lines: Sequence[str], site: Site) -> bool:
    told = [line for line in lines if line]
    before = [line.strip() for line in site.preceding if line.strip()]
    if len(told) < 2 or site.before.strip() or sum(map(str.isalnum, "".join(told))) < _LEAST_TELLING:
        return False
    return before[-len(told) :] == told and not _is_at_home(told, before)
