"""Fits a candidate to the text that follows the cursor on its line."""

from __future__ import annotations

import re

import attrs

from mendline.features.completion.brackets import Mark, balance
from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from mendline.text.words import is_telling, is_word

_HOLE = re.compile(r"[$#]\{[^{}]*$")
_FORMATTED = re.compile(r"(?<!\w)(?:[fF][rR]?|[rR][fF]|\$@?)[\"']")
_FORMATTED_HOLE = re.compile(r"(?<!\{)\{[^{}]*$")
_BRACKETS_AND_QUOTES = re.compile(r"[()\[\]{}\"'`]")


def fit_rest_of_line(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Avoid that what stands right of the cursor comes twice.

    Two cases. Editors close brackets and quotes as they are opened: a candidate that closes them too takes their
    place (or loses them at its end, which gives the same text). And a candidate may end with what follows: then the
    repeated part is cut off. Where the model itself ended the text, it has seen what follows: only a repetition of all
    of it is cut then.
    """
    rest = site.rest
    if not rest.strip() or not candidate.text:
        return candidate
    if candidate.ended:
        fitted = _cut_whole_rest(candidate, rest)
    else:
        fitted = _fit_closers(candidate, site)
        if fitted is candidate:
            fitted = _cut_overlap(candidate, rest)
    if not fitted.text.strip() and not fitted.replaces:
        return Rejection(RejectReason.REPEATS_SUFFIX, "it repeats what follows on the line")
    return fitted


def _fit_closers(candidate: Candidate, site: Site) -> Candidate:
    closers = _closers(candidate.text, site)
    taken, length = _matched(closers, site.rest)
    if not taken:
        return candidate
    # What the candidate wrote after the closers may follow there as well: `foo(|);` and `x);`.
    tail = candidate.text[taken[-1].position + len(taken[-1].text) :].strip()
    left = site.rest[length:]
    if tail and left.lstrip().startswith(tail):
        length += left.index(tail) + len(tail)
    first = taken[0].position
    if candidate.text[first:].rstrip() == site.rest[:length].rstrip():
        return candidate.until(first)
    return attrs.evolve(candidate, replaces=length)


def _closers(text: str, site: Site) -> tuple[Mark, ...]:
    """What the candidate closes of what is open at the cursor."""
    string = site.string
    if not string or not _is_in_hole(site.before):
        return balance(text, site.language_id, site.comment, string).closers
    # Code in a string: up to the brace that ends it, then the string goes on.
    marks: list[Mark] = []
    for mark in balance(text, site.language_id, site.comment).closers:
        marks.append(mark)
        if mark.text == "}":
            start = mark.position + 1
            after = balance(text[start:], site.language_id, site.comment, string).closers
            return (*marks, *(Mark(each.text, each.position + start) for each in after))
    return tuple(marks)


def _is_in_hole(before: str) -> bool:
    """Whether the text of a string up to the cursor ends in code that the string embeds."""
    if _HOLE.search(before):
        return True
    return _FORMATTED.search(before) is not None and _FORMATTED_HOLE.search(before) is not None


def _matched(closers: tuple[Mark, ...], rest: str) -> tuple[list[Mark], int]:
    """The candidate's closers that stand at the head of the rest too, and how much of the rest they take up."""
    taken: list[Mark] = []
    length = 0
    for mark in closers:
        position = length + len(rest[length:]) - len(rest[length:].lstrip(" \t"))
        if not rest.startswith(mark.text, position):
            break
        taken.append(mark)
        length = position + len(mark.text)
    return taken, length


def _cut_whole_rest(candidate: Candidate, rest: str) -> Candidate:
    text, whole = candidate.text.rstrip(), rest.strip()
    if not is_telling(whole) or not text.endswith(whole):
        return candidate
    start = len(text) - len(whole)
    joins_words = start > 0 and is_word(whole[0]) and is_word(text[start - 1])
    return candidate if joins_words else candidate.until(start)


def _cut_overlap(candidate: Candidate, rest: str) -> Candidate:
    """Cut the longest end of the candidate's text that is also the head of the rest.

    Brackets and quotes in it belong to the candidate unless the whole rest is repeated: they were matched before.
    """
    text = candidate.text.rstrip()
    whole = rest.rstrip()
    for length in range(min(len(text), len(whole)), 0, -1):
        overlap = whole[:length]
        if not text.endswith(overlap) or not overlap.strip():
            continue
        if length < len(whole) and _BRACKETS_AND_QUOTES.search(overlap):
            continue
        if length == len(whole) and len(whole) < 3 and _BRACKETS_AND_QUOTES.search(overlap):
            continue
        start = len(text) - length
        if is_word(overlap[0]) and start > 0 and is_word(text[start - 1]):
            continue
        return candidate.until(start)
    return candidate
