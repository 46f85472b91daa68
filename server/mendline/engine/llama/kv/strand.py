"""The record of one prompt in the KV cache."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from attrs import define, field

_cell_numbers = itertools.count()


def new_cells(count: int) -> list[int]:
    """Return numbers for cells that are computed anew; no two cells ever have the same one."""
    return list(itertools.islice(_cell_numbers, count))


@define(eq=False)
class Parked:
    """A run of cells that waits in a sequence of its own until the text before it has been computed.

    Attributes:
        sequence: llama.cpp's sequence that holds it, and nothing else.
        start: position of its first cell.
        tokens: what its cells were computed from.
        cells: their numbers.
        target: index in the coming prompt that its first token will have.
    """

    sequence: int
    start: int
    tokens: list[int]
    cells: list[int]
    target: int


@define(eq=False)
class Strand:
    """One prompt, and what was generated behind it, in the KV cache.

    Invariant: the cell of `tokens[i]` stands at `position(i)` of sequence `sequence`, and that sequence has no others.

    Attributes:
        sequence: llama.cpp's number for it.
        tokens: what the cells were computed from, in order.
        cells: their numbers; two strands that share a cell have the same number in both lists.
        gap: how far the cells from index `gap_at` on stand behind their index. A splice leaves some positions free
            before the suffix, so that the next tokens typed fill them and nothing has to be moved.
        gap_at: index from which the gap counts.
        stale: indices [start, end) of cells that were computed behind an older text and only moved to where they are.
        splices: how many splices made it what it is, since it was last computed from nothing.
        suffix_at: index of the suffix marker in the prompt last asked for; None where it had none.
        prompt_end: how many tokens that prompt has.
        blocks: its blocks, see `Prompt.blocks`; as far as the strand goes.
        parked: runs that wait for the text before them.
        users: how many running requests need it; above 0 it isn't changed for another one.
        used: when it was last used, in ticks of the cache.
        lost: it was evicted; its holder must load its prompt anew.
    """

    sequence: int
    tokens: list[int] = field(factory=list)
    cells: list[int] = field(factory=list)
    gap: int = 0
    gap_at: int = 0
    stale: tuple[int, int] = (0, 0)
    splices: int = 0
    suffix_at: int | None = None
    prompt_end: int = 0
    blocks: tuple[tuple[int, int], ...] = ()
    parked: list[Parked] = field(factory=list)
    users: int = 0
    used: int = 0
    lost: bool = False

    def position(self, index: int) -> int:
        """Return the position of the cell at an index (or of the next one, at the end)."""
        return index + (self.gap if index >= self.gap_at else 0)

    @property
    def next_position(self) -> int:
        """The position that the next token will have."""
        # Nothing stands behind the gap yet when the strand ends where it begins.
        return len(self.tokens) + (self.gap if len(self.tokens) > self.gap_at else 0)

    @property
    def approximate(self) -> int:
        """How many cells are stale."""
        return self.stale[1] - self.stale[0]

    def extend(self, tokens: Sequence[int], cells: Sequence[int] | None = None) -> None:
        """Record tokens that now stand at the end."""
        self.tokens.extend(tokens)
        self.cells.extend(new_cells(len(tokens)) if cells is None else cells)

    def truncate(self, length: int) -> None:
        """Record that only the first `length` tokens are left."""
        del self.tokens[length:]
        del self.cells[length:]
        if length <= self.gap_at:
            self.gap = self.gap_at = 0
        start, end = min(self.stale[0], length), min(self.stale[1], length)
        self.stale = (start, end) if start < end else (0, 0)

    def mark_stale(self, start: int, end: int) -> None:
        """Record that cells at [start, end) are approximations, too."""
        old_start, old_end = self.stale
        self.stale = (min(old_start, start), max(old_end, end)) if old_end else (start, end)
