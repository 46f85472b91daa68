"""Where an index stands, in its builder's own words."""

from __future__ import annotations

import json
from collections.abc import Mapping

import attrs
from attrs import field, frozen


@frozen
class IndexState:
    """Where an index stands.

    Attributes:
        phase: `building` until all files were seen once, then `ready`.
        files, definitions, passages: how many are kept.
        left_out: files that are not, by reason; ignored folders count as one.
        seconds: how long the last look at all files took.
        updated: Unix time of the last change or look.
        searchable: whether this SQLite can search passages (FTS5).
    """

    phase: str = "building"
    files: int = 0
    definitions: int = 0
    passages: int = 0
    left_out: Mapping[str, int] = field(factory=dict)
    seconds: float = 0.0
    updated: float = 0.0
    searchable: bool = True

    def dumps(self) -> str:
        """Write it down."""
        return json.dumps(attrs.asdict(self))

    @classmethod
    def loads(cls, text: str) -> IndexState | None:
        """Read it; None for what is none."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def __str__(self) -> str:
        """One line for a log."""
        left_out = ", ".join(f"{number} {reason}" for reason, number in self.left_out.items())
        what = f"{self.phase}: {self.files} files, {self.definitions} definitions, {self.passages} passages"
        return f"{what}; left out: {left_out}" if left_out else what
