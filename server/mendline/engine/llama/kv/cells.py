"""What the KV layer needs of a llama.cpp context."""

from __future__ import annotations

from typing import Protocol


class Cells(Protocol):
    """The memory part of `model.Context`; see there. Sequence and position arguments are llama.cpp's.

    Attributes:
        tokens: how many tokens all sequences together can hold.
        sequences: how many sequences there can be, from 0.
        micro_batch: the most tokens computed at once.
        can_cut: whether a sequence's end can be dropped, and its beginning shared with another one. Recurrent models
            keep one state a sequence and can do neither.
        can_shift: whether positions can be moved.
    """

    tokens: int
    sequences: int
    micro_batch: int

    @property
    def can_cut(self) -> bool:
        """See above."""
        ...

    @property
    def can_shift(self) -> bool:
        """See above."""
        ...

    def remove(self, start: int, end: int = -1, *, sequence: int = 0) -> bool:
        """Drop positions [start, end) of a sequence; -1 is its end. False where that is impossible."""
        ...

    def copy(self, source: int, target: int, start: int, end: int) -> None:
        """Let sequence `target` share positions [start, end) of `source`."""
        ...

    def shift(self, start: int, end: int, delta: int, *, sequence: int = 0) -> None:
        """Move positions [start, end) by `delta`, in every sequence that shares these cells."""
        ...

    def clear(self) -> None:
        """Forget all sequences."""
        ...
