"""A name that isn't defined, replaced by one of the file that is written nearly alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from rapidfuzz.distance import OSA

from mendline.features.repair.problem import Problem
from mendline.features.repair.proposals.named import name_at, says_missing
from mendline.text.document import Edit

_NAME: Final = re.compile(r"[^\W\d]\w*")
_SUGGESTED: Final = re.compile(
    r"(?:did you mean|similar name|maybe|exists:)[^`'\"‘“]*[`'\"‘“]([^\W\d]\w*)", re.IGNORECASE
)
_MOST: Final = 3
_LEAST_LETTERS: Final = 3


def misspelled(problem: Problem) -> Iterator[tuple[Edit, ...]]:
    """Replace the name by what the tool suggests, then by the nearest names of the file."""
    at = name_at(problem) if says_missing(problem) else None
    if at is None or at.end - at.start < _LEAST_LETTERS:
        return
    for name in _alike(problem.document.text[at.start : at.end], problem):
        yield (Edit(at.start, at.end, name),)


def _alike(wrong: str, problem: Problem) -> list[str]:
    """The names to try: what the message suggests, then those of the file with few letters changed."""
    suggested = [name for name in _SUGGESTED.findall(problem.finding.message) if name != wrong]
    counts = Counter(_NAME.findall(problem.document.text))
    most = 1 if len(wrong) <= 4 else 2
    near = [
        (distance, -count, name)
        for name, count in counts.items()
        if name != wrong and (distance := _distance(wrong, name)) <= most
    ]
    return list(dict.fromkeys([*suggested, *(name for *_, name in sorted(near))]))[:_MOST]


def _distance(one: str, other: str) -> float:
    """How many letters differ; capitals count half, swapped neighbours once."""
    if one.lower() == other.lower():
        return 0.5
    return OSA.distance(one, other)
