"""Where a bench takes its states from, for each size of context."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from mendline.evaluation.typing.recorded import read_trace
from mendline.evaluation.typing.synthetic import MARKERS, Count, Source, synthetic
from mendline.evaluation.typing.traces import Action, State, states
from mendline.evaluation.typing.windows import windowed


class States(Protocol):
    """Gives the states to replay."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What they are, ready for JSON."""
        ...

    def of_context(self, tokens: int, count: Count) -> list[State]:
        """Return states whose prompts have about `tokens` tokens. Raises `TraceError`."""
        ...


@frozen
class Synthetic:
    """States of traces that are made from source text.

    Attributes:
        source: what the documents are cut from.
        keystrokes: how many for each size of context.
        seed: of the draw.
    """

    source: Source
    keystrokes: int
    seed: int

    @property
    def about(self) -> Mapping[str, Any]:
        """How they are made."""
        source = {"name": self.source.name, "sha256": self.source.digest}
        return {"kind": "synthetic", "seed": self.seed, "source": source}

    def of_context(self, tokens: int, count: Count) -> list[State]:
        """Make a trace of documents of that size."""
        return list(states(synthetic(self.source, count, tokens=tokens, keystrokes=self.keystrokes, seed=self.seed)))


@frozen
class Recorded:
    """States of a trace that was recorded, with windows of the asked size around the cursor.

    Attributes:
        name: the file's.
        actions: what is in it.
        keystrokes: how many of them are replayed; None for all.
    """

    name: str
    actions: Sequence[Action]
    keystrokes: int | None

    @classmethod
    def read(cls, path: Path, keystrokes: int | None) -> Recorded:
        """Read a file. Raises `TraceError`."""
        return cls(path.name, read_trace(path), keystrokes)

    @property
    def about(self) -> Mapping[str, Any]:
        """Which file."""
        return {"kind": "recorded", "file": self.name}

    def of_context(self, tokens: int, count: Count) -> list[State]:
        """Cut windows of that size."""
        return list(windowed(_first(states(self.actions), self.keystrokes), count, tokens - MARKERS))


def _first(played: Iterator[State], keystrokes: int | None) -> Iterator[State]:
    """Take states up to so many keystrokes."""
    if keystrokes is None:
        return played
    counted = itertools.count(1)
    return itertools.takewhile(lambda state: state.kind.arrives or next(counted) <= keystrokes, played)
