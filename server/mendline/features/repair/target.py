"""Whether a finding of a check is the problem that is to be repaired."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mendline.checks.finding import Finding
from mendline.text.document import Document

_QUOTED: Final = re.compile(r"[\"'`‘“]([^\"'`’”]+)[\"'`’”]")
_WORDS: Final = re.compile(r"\w+")


def targets_in(findings: Sequence[Finding], target: Finding) -> tuple[Finding, ...]:
    """The findings that are the target, in the text in which it was reported: the same words before others."""
    found = [each for each in findings if is_target(target, each)]
    return tuple([each for each in found if each.message == target.message] or found)


def is_target(target: Finding, found: Finding) -> bool:
    """Whether a check reports the target itself, in the text in which it was reported.

    The target may come from another tool, an editor's language server say. It is the same problem where file and line
    are the same and it is `alike`.
    """
    touches = target.start.line <= found.end.line and found.start.line <= target.end.line
    return target.path == found.path and touches and alike(target, found)


def alike(one: Finding, other: Finding) -> bool:
    """Whether two findings are of the same kind: message or code agree, or both name the same thing."""
    if one.message == other.message or (one.code and one.code == other.code):
        return True
    named, also = set(_QUOTED.findall(one.message)), set(_QUOTED.findall(other.message))
    if named and also:
        return bool(named & also)
    # One quotes a name, the other only writes it.
    return bool(named.intersection(_WORDS.findall(other.message)) or also.intersection(_WORDS.findall(one.message)))


def names_only_others(finding: Finding, text: str) -> bool:
    """Whether a finding quotes names, and none of them stands in a text."""
    named = {word for quoted in _QUOTED.findall(finding.message) for word in _WORDS.findall(quoted)}
    return bool(named) and named.isdisjoint(_WORDS.findall(text))


def names_in(finding: Finding, document: Document) -> frozenset[str]:
    """What a finding is about: the names that it quotes, else the word of the document that it points at and writes."""
    quoted = _QUOTED.findall(finding.message)
    if quoted:
        return frozenset(word for each in quoted for word in _WORDS.findall(each) or [each])
    line = document.line_text(finding.start.line) if finding.start.line < document.line_count else ""
    found = _WORDS.match(line, finding.start.column)
    return frozenset({found[0]} if found and found[0] in _WORDS.findall(finding.message) else ())


def is_same_test(target: Finding, found: Finding) -> bool:
    """Whether two findings are of the same test: what it says is another thing each time it fails."""
    if target.source != found.source or target.path != found.path:
        return False
    if target.code or found.code:
        return target.code == found.code
    return target.start.line == found.start.line
