"""Cuts what a candidate repeats of the lines after the cursor."""

from __future__ import annotations

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site

# Letters and digits that make lines worth comparing: closing brackets repeat in all code.
_LEAST_TELLING = 3


def cut_following_lines(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Cut from the line on from which the candidate says the same as the lines that follow the cursor.

    Blank lines and indentation at the ends of lines don't count. The candidate's last line may be the beginning of
    the line it repeats, when the generation ended in the middle of it.
    """
    expected = [line.strip() for line in site.following if line.strip()]
    if not expected:
        return candidate
    lines = candidate.text.split("\n")
    position = 0
    for index, line in enumerate(lines):
        tail = [(site.before + line if index == 0 else line), *lines[index + 1 :]]
        if _repeats([part.strip() for part in tail if part.strip()], expected, candidate.cut_off):
            kept = candidate.until(max(0, position - 1))
            if index == 0 or not kept.text.strip():
                return Rejection(RejectReason.REPEATS_SUFFIX, "it repeats the line that follows")
            return kept
        position += len(line) + 1
    return candidate


def _repeats(tail: list[str], expected: list[str], cut_off: bool) -> bool:
    if not tail or len(tail) > len(expected) or sum(map(str.isalnum, "".join(tail))) < _LEAST_TELLING:
        return False
    *whole, last = tail
    if whole != expected[: len(whole)]:
        return False
    partner = expected[len(whole)]
    return last == partner or (cut_off and bool(whole) and partner.startswith(last))
