"""Cuts what a candidate repeats of the lines after the cursor."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from mendline.text.words import is_telling

# Lines of so many characters that are so much alike, in words as well, are one line written twice.
_LEAST_LENGTH = 40
_LEAST_SIMILARITY = 0.9
_WORD = re.compile(r"\w+")


def cut_following_lines(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Cut from the line on from which the candidate says the same as the lines that follow the cursor.

    Blank lines and indentation at the ends of lines don't count, nor do the kind of quotes, spaces within a line, a
    comma or semicolon at its end, and in a long line a word more or less. A word in the place of another makes a
    different line. The candidate's last line may be the beginning of the line it repeats, when the generation ended in
    the middle of it.
    """
    expected = [line.strip() for line in site.following if line.strip()]
    if not expected:
        return candidate
    lines = candidate.text.split("\n")
    # Behind code on the cursor's line as well: `if x: ` and then the line that follows.
    if site.before.strip() and _repeats([line.strip() for line in lines if line.strip()], expected, cut_off=False):
        return Rejection(RejectReason.REPEATS_SUFFIX, "it repeats the line that follows")
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
    if not tail or len(tail) > len(expected) or not is_telling("".join(tail)):
        return False
    *whole, last = tail
    if not all(map(is_same_line, whole, expected)):
        return False
    partner = expected[len(whole)]
    return is_same_line(last, partner) or (cut_off and bool(whole) and partner.startswith(last))


def is_same_line(line: str, other: str) -> bool:
    """Whether two lines without indentation say the same, give or take what a model gets wrong when it copies."""
    if line == other or _bare(line) == _bare(other):
        return True
    if min(len(line), len(other)) < _LEAST_LENGTH:
        return False
    words = SequenceMatcher(None, _WORD.findall(line), _WORD.findall(other), autojunk=False)
    if any(kind == "replace" for kind, *_ in words.get_opcodes()):
        return False
    return SequenceMatcher(None, line, other, autojunk=False).ratio() >= _LEAST_SIMILARITY


def _bare(line: str) -> str:
    """A line without what formatters change: quotes, spaces beside marks, and the mark at the end."""
    line = re.sub(r"\s*([^\w\s])\s*", r"\1", line.replace("'", '"'))
    return " ".join(line.rstrip(",;").split())
