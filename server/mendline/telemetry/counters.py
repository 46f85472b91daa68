"""Counts of what happened since the start, by name. They stay in this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from attrs import define, field


@define
class Counters:
    """Numbers by dotted name, such as `completion.shown` or `completion.rejected.empty`."""

    _counts: Counter[str] = field(factory=Counter, init=False)

    def add(self, name: str, number: int = 1) -> None:
        """Count something."""
        self._counts[name] += number

    def __getitem__(self, name: str) -> int:
        return self._counts[name]

    def snapshot(self) -> Mapping[str, int]:
        """Return all counts as they are now, in alphabetical order."""
        return dict(sorted(self._counts.items()))
