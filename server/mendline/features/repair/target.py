"""Whether a finding of a check is the problem that is to be repaired."""

from __future__ import annotations

import re
from typing import Final

from mendline.checks.finding import Finding
from mendline.features.repair.comparing import Lines

_QUOTED: Final = re.compile(r"[\"'`‘“]([^\"'`’”]+)[\"'`’”]")
_WORDS: Final = re.compile(r"\w+")


def is_target(target: Finding, found: Finding) -> bool:
    """Whether a check reports the target itself, in the text in which it was reported.

    The target may come from another tool, an editor's language server say. It is the same problem where file and line
    are the same and code or message agree, or both name the same things in quotation marks.
    """
    if target.path != found.path or not _touch(target, found):
        return False
    return _alike(target, found)


def remains(target: Finding, found: Finding, lines: Lines) -> bool:
    """Whether a finding after an edit is still the target: alike, and where the target's line has gone."""
    if target.path != found.path or not _alike(target, found):
        return False
    return lines.place_after(found.start.line) == lines.place(target.start.line)


def _touch(one: Finding, other: Finding) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line


def _alike(one: Finding, other: Finding) -> bool:
    if one.message == other.message:
        return True
    if one.code and one.code == other.code:
        return True
    named, also = set(_QUOTED.findall(one.message)), set(_QUOTED.findall(other.message))
    if named and also:
        return bool(named & also)
    # One quotes a name, the other only writes it.
    return any(name in _WORDS.findall(other.message) for name in named) or any(
        name in _WORDS.findall(one.message) for name in also
    )
