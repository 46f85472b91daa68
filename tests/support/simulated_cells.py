"""llama.cpp's unified KV cache as a table, with its rules enforced and each cell's history kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from attrs import define, field

from mendline.engine.llama.model import Decoded, TokenRun

VOCABULARY = 64


@define(eq=False)
class Cell:
    """A cell: its token, its position, the sequences that see it, and what stood before it when it was computed."""

    token: int
    position: int
    sequences: set[int]
    behind: tuple[int, ...]


@define(eq=False)
class SimulatedCells:
    """Implements `kv.cells.Cells` and `scheduler.Computes`. The logits of a token are all on one that follows from it.

    Attributes:
        calls: the tokens of each decode call that was made, run by run.
        outcomes: what the call of a number (from 1) returns instead of succeeding.
        shifts: how many moves were asked for.
        follow: the model: a text's tokens to the one it writes next.
    """

    tokens: int = 200
    sequences: int = 8
    micro_batch: int = 8
    can_cut: bool = True
    can_shift: bool = True
    cells: list[Cell] = field(factory=list)
    calls: list[list[tuple[int, ...]]] = field(factory=list)
    outcomes: dict[int, Decoded] = field(factory=dict)
    shifts: int = 0
    follow: Callable[[Sequence[int]], int] = field(factory=lambda: following)
    _outputs: dict[int, int] = field(factory=dict)

    def compute(self, runs: Sequence[TokenRun]) -> Decoded:
        assert sum(len(run.tokens) for run in runs) <= self.micro_batch
        self.calls.append([tuple(run.tokens) for run in runs])
        outcome = self.outcomes.get(len(self.calls), Decoded.DONE)
        if outcome is not Decoded.DONE:
            return outcome
        if len(self.cells) + sum(len(run.tokens) for run in runs) > self.tokens:
            return Decoded.NO_ROOM
        self._outputs = {}
        at = 0
        for run in runs:
            assert run.tokens, "a run has tokens"
            seen = self.seen(run.sequence)
            last = max((cell.position for cell in self.cells if run.sequence in cell.sequences), default=-1)
            assert run.position == last + 1, "a sequence can only be computed at its end"
            for index, token in enumerate(run.tokens):
                self.cells.append(Cell(token, run.position + index, {run.sequence}, tuple(seen)))
                seen.append(token)
                if index >= len(run.tokens) - run.outputs:
                    self._outputs[at] = self.follow(seen)
                at += 1
        return Decoded.DONE

    def logits(self, index: int) -> npt.NDArray[np.float32]:
        row = np.zeros(VOCABULARY, dtype=np.float32)
        row[self._outputs[index]] = 20
        return row

    def seen(self, sequence: int) -> list[int]:
        """Return the tokens of a sequence in the order of their positions."""
        own = sorted((cell for cell in self.cells if sequence in cell.sequences), key=lambda cell: cell.position)
        assert len({cell.position for cell in own}) == len(own), "one cell a position"
        return [cell.token for cell in own]

    def remove(self, start: int, end: int = -1, *, sequence: int = 0) -> bool:
        if not self.can_cut and start > 0 and self._in(sequence, start, end):
            return False
        for cell in self._in(sequence, start, end):
            cell.sequences.discard(sequence)
        self.cells = [cell for cell in self.cells if cell.sequences]
        return True

    def copy(self, source: int, target: int, start: int, end: int) -> None:
        for cell in self._in(source, start, end):
            cell.sequences.add(target)

    def shift(self, start: int, end: int, delta: int, *, sequence: int = 0) -> None:
        assert self.can_shift
        self.shifts += 1
        for cell in self._in(sequence, start, end):
            cell.position += delta

    def clear(self) -> None:
        self.cells.clear()

    def _in(self, sequence: int, start: int, end: int) -> list[Cell]:
        return [
            cell
            for cell in self.cells
            if sequence in cell.sequences and cell.position >= start and (end < 0 or cell.position < end)
        ]


def following(tokens: Sequence[int]) -> int:
    """Return the token that the simulated model writes after a text: it depends on all of it."""
    value = 7
    for token in tokens:
        value = (value * 31 + token + 1) % 1_000_003
    return value % (VOCABULARY - 8) + 4
