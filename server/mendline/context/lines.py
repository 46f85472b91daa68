"""What lines of code tell without a parse: how much two stretches read alike, and which brackets stay open."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mendline.workspace.index.words import COMMON

_NAME = re.compile(r"[^\W\d]\w+")


def telling_words(lines: Iterable[str]) -> frozenset[str]:
    """The identifiers of some lines, without what stands in nearly every file."""
    return frozenset(name for line in lines for name in _NAME.findall(line) if name.lower() not in COMMON)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The words that two sets share, as a part of both: 0 for none, 1 for the same (Dice's coefficient)."""
    both = len(one) + len(other)
    return 2 * len(one & other) / both if both else 0.0


def opened_brackets(line: str) -> int:
    """How many more brackets a line opens than it closes; those in strings count, too."""
    return sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
