"""Cuts a candidate that goes round in circles."""

from __future__ import annotations

import re

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site

_MOST_EQUAL_LINES = 3
# A text of two characters or more, five times in a row up to the very end: a list that is meant ends differently.
_LOOP = re.compile(r"(.{2,60}?)\1{4,}$", re.DOTALL)
_TELLING = re.compile(r"\w")


def cut_repetition(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Cut after the first of several equal lines; drop a text that ends in a loop."""
    lines = candidate.text.split("\n")
    for index in range(len(lines) - _MOST_EQUAL_LINES + 1):
        line = lines[index].strip()
        run = [other.strip() for other in lines[index : index + _MOST_EQUAL_LINES]]
        if _TELLING.search(line) and run.count(line) == _MOST_EQUAL_LINES:
            end = sum(len(kept) + 1 for kept in lines[: index + 1]) - 1
            return candidate.until(end)
    loop = _LOOP.search(candidate.text.rstrip())
    if loop and _TELLING.search(loop.group(1)):
        return Rejection(RejectReason.REPETITIVE, f"a piece of {len(loop.group(1))} characters comes again and again")
    return candidate
