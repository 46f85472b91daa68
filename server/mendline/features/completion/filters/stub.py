"""Drops a candidate that only says that code is to be written here."""

from __future__ import annotations

import re

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site

# What exercises and templates put in the place of code; a model has read many of them.
_PROMISE = re.compile(
    r"\b(?:to-?do|fixme|your (?:code|implementation|solution)|(?:code|implementation|solution|logic) (?:goes )?here"
    r"|implement(?: this| me|ation)?\b|write (?:your|the) code|add (?:your|the) code|rest of (?:the|your) code)",
    re.IGNORECASE,
)
_EMPTY_STATEMENT = re.compile(
    r"(?:pass|\.\.\.|return(?:\s+(?:None|null|undefined|0|false|False|-1|\[\]|\{\}|''|\"\"))?;?|[{};]+"
    r"|raise NotImplementedError(?:\(.*\))?|throw new Error\(.*\);?|todo!\(.*\);?|unimplemented!\(.*\);?)"
)


def drop_stub(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Drop a text of comments that promise code, with nothing but an empty statement to it.

    An empty statement alone stays: `pass` may be all that is needed.
    """
    if site.comment is None or site.is_comment(site.before):
        return candidate
    lines = [line.strip() for line in candidate.text.split("\n") if line.strip()]
    comments = [line for line in lines if site.is_comment(line)]
    rest = [line for line in lines if not site.is_comment(line)]
    if any(map(_PROMISE.search, comments)) and all(map(_EMPTY_STATEMENT.fullmatch, rest)):
        return Rejection(RejectReason.EMPTY, "it is a stub: a promise of code")
    return candidate
