"""Cuts comments that nobody asked for."""

from __future__ import annotations

import re

from mendline.features.completion.brackets import balance
from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site

_SENTENCE_ENDS = (".", "!", "?", ":", ";")
_MOST_ALONE = 1
_LONG_STRINGS = ('"""', "'''", "`")
# In languages with `//` comments: how the lines of a block comment begin.
_BLOCK_COMMENT = re.compile(r"\s*(?:/\*|\*/|\*(?:\s|$))")


def cut_comments(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Cut comment lines after the code, drop several that stand alone, and end a begun comment with its sentence.

    Comments before or between lines of code belong to it, and stay. One line of comment on its own may be what the
    user is about to write.
    """
    if site.comment is None:
        return candidate
    lines = candidate.text.split("\n")
    if site.is_comment(site.before):
        return _until_sentence_end(candidate, lines, site)
    told = [number for number, line in enumerate(lines) if line.strip()]
    comments = [number for number in told if _is_comment_line(lines[number], number, site)]
    code = [number for number in told if number not in comments]
    if not code:
        if len(comments) <= _MOST_ALONE:
            return candidate
        return Rejection(RejectReason.COMMENTS_ONLY, "it has comments in it and no code")
    if told[-1] == code[-1] or _ends_in_string(lines[: code[-1] + 1], site):
        return candidate
    return _before_line(candidate, lines, code[-1] + 1)


def _is_comment_line(line: str, number: int, site: Site) -> bool:
    full = site.before + line if number == 0 else line
    return site.is_comment(full) or (site.comment == "//" and _BLOCK_COMMENT.match(full) is not None)


def _ends_in_string(lines: list[str], site: Site) -> bool:
    """Whether a string of several lines is open at the end of the lines: what follows looks like comments only."""
    return balance("\n".join(lines), site.language_id, site.comment, site.string).string in _LONG_STRINGS


def _until_sentence_end(candidate: Candidate, lines: list[str], site: Site) -> Candidate:
    """Keep the begun line, and the comment lines after it until one ends a sentence; code after them stays."""
    for number, line in enumerate(lines):
        if number and not site.is_comment(line):
            return candidate
        if line.rstrip().endswith(_SENTENCE_ENDS):
            follows_comment = number + 1 < len(lines) and site.is_comment(lines[number + 1])
            return _before_line(candidate, lines, number + 1) if follows_comment else candidate
    return candidate


def _before_line(candidate: Candidate, lines: list[str], number: int) -> Candidate:
    return candidate.until(sum(len(line) + 1 for line in lines[:number]) - 1)
