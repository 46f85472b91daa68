"""Cuts a candidate where it goes over into the lines below the cursor and on from there."""

from __future__ import annotations

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.following_lines import is_same_line
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site, indentation

# Two lines in a row that equal the next two by chance are rarer than a model that has left the gap; one line is not.
_LEAST_LINES = 2
_LEAST_TELLING = 12


def cut_lines_below(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Cut before the first of several lines that stand below the cursor in the same order, indented alike.

    What the candidate says after them does not matter: it has left the gap it was to fill. (A candidate that ends with
    such lines is `cut_following_lines`' matter, which needs one line only.)
    """
    below = [line for line in site.following if line.strip()][:_LEAST_LINES]
    if len(below) < _LEAST_LINES or sum(map(str.isalnum, "".join(below))) < _LEAST_TELLING:
        return candidate
    lines = candidate.text.split("\n")
    full = [site.before + lines[0], *lines[1:]]
    told = [(number, line) for number, line in enumerate(full) if line.strip()]
    for at in range(len(told) - _LEAST_LINES + 1):
        if all(_is_same(line, other) for (_, line), other in zip(told[at:], below, strict=False)):
            number = told[at][0]
            kept = candidate.until(max(0, sum(len(line) + 1 for line in lines[:number]) - 1))
            if number == 0 or not kept.text.strip():
                return Rejection(RejectReason.REPEATS_SUFFIX, "it repeats the lines that follow")
            return kept
    return candidate


def _is_same(line: str, other: str) -> bool:
    return indentation(line) == indentation(other) and is_same_line(line.strip(), other.strip())
