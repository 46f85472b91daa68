"""How a request asks for computation: as a generator that yields pieces of work and gets logits back.

Between two yields a request may move and drop cells as it likes: everything runs in one thread, and the scheduler
decides at each yield which request goes on. That makes every request preemptible at every decode call, and lets the
scheduler put pieces of several requests into one call.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from attrs import frozen

from mendline.engine.llama.kv.strand import Strand

T = TypeVar("T")


@frozen(eq=False)
class Piece:
    """Tokens to compute at the end of a strand.

    Attributes:
        strand: where they go; the scheduler records them there once they are computed.
        tokens: at least one, at most a micro-batch.
        outputs: for how many of the last of them logits are wanted.
    """

    strand: Strand
    tokens: tuple[int, ...]
    outputs: int = 0


@frozen(eq=False)
class Row:
    """One token's logits.

    Attributes:
        index: the token's place in the batch, for llama.cpp's samplers.
        logits: shape (vocabulary,); a view of llama.cpp's memory, valid until the request yields again.
    """

    index: int
    logits: npt.NDArray[np.float32]


Request = Sequence[Piece]
Rows = list[list[Row]]
"""For each piece its rows, in the order of its tokens."""
Steps = Generator[Request, Rows, T]
"""A request under way. The scheduler throws `Lost` into it, or an `EngineError` when it can't go on."""


class Lost(Exception):
    """A strand that a request works on was evicted; what stood in it must be loaded anew."""


def compute(strand: Strand, tokens: Sequence[int], micro_batch: int) -> Steps[Row | None]:
    """Compute tokens at a strand's end, one micro-batch after the other.

    Returns:
        The logits of the last one; None when there are no tokens.
    """
    row: Row | None = None
    for start in range(0, len(tokens), micro_batch):
        piece = tuple(tokens[start : start + micro_batch])
        last = start + len(piece) == len(tokens)
        rows = yield (Piece(strand, piece, outputs=1 if last else 0),)
        row = rows[0][-1] if last else None
    return row
