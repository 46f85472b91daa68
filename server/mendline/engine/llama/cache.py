"""What is in the KV cache, and how much of it the next prompt can use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mendline.engine.errors import EngineError, EngineOverloaded
from mendline.engine.llama.model import Decoded


class Interrupted(Exception):
    """The request was cancelled while it was computed."""


class Cells(Protocol):
    """The part of `model.Context` that the cache needs; see there."""

    tokens: int
    micro_batch: int

    def decode(self, tokens: Sequence[int], position: int, *, sequence: int = 0, logits: bool = True) -> Decoded:
        """Compute up to `micro_batch` tokens at `position` and after it."""
        ...

    def length(self, sequence: int = 0) -> int:
        """Return how many positions are in the cache."""
        ...

    def remove(self, start: int, end: int = -1, *, sequence: int = 0) -> bool:
        """Drop positions; False when that is impossible."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...


class PromptCache:
    """The tokens in the KV cache, position by position, kept true through cancellations and failures.

    Invariant: `tokens[i]` is what the cell at position i of sequence 0 was computed from, and there are no others.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.tokens: list[int] = []

    def prefill(self, prompt: Sequence[int], cancelled: Callable[[], bool]) -> int:
        """Make the cache hold exactly `prompt`, with the logits of its last token ready to be read.

        The longest common beginning is kept; at least the last token is computed. Prefill goes one micro-batch at a
        time, so that a cancellation is seen between them even on a backend that has no abort callback.

        Returns:
            How many tokens were there already.

        Raises:
            Interrupted: `cancelled` said so; what was computed stays usable.
            EngineError: llama.cpp failed; the cache is empty.
            EngineOverloaded: no memory.
        """
        kept = self._keep(min(common_prefix(self.tokens, prompt), len(prompt) - 1))
        step = self._cells.micro_batch
        for start in range(kept, len(prompt), step):
            if cancelled():
                raise Interrupted
            piece = prompt[start : start + step]
            self._decode(piece, logits=start + len(piece) == len(prompt))
        return kept

    def append(self, token: int) -> None:
        """Compute one more token. Raises as `prefill` does."""
        self._decode((token,), logits=True)

    @property
    def room(self) -> int:
        """How many more tokens fit."""
        return self._cells.tokens - len(self.tokens)

    def _keep(self, length: int) -> int:
        """Drop all but the first `length` tokens, or all where the model's memory can't be cut (recurrent ones)."""
        if length < len(self.tokens) and not self._cells.remove(length):
            length = 0
        if length == 0:
            self._cells.clear()
        del self.tokens[length:]
        return length

    def _decode(self, tokens: Sequence[int], *, logits: bool) -> None:
        outcome = self._cells.decode(tokens, len(self.tokens), logits=logits)
        if outcome is Decoded.DONE:
            self.tokens.extend(tokens)
            return
        if outcome is Decoded.ABORTED:
            # llama.cpp keeps whole micro-batches; its own word on how many is the truth.
            self.tokens.extend(tokens)
            self._keep(min(self._cells.length(), len(self.tokens)))
            raise Interrupted
        self._keep(0)
        if outcome is Decoded.NO_ROOM:
            raise EngineOverloaded("The model's context has no room left; set `engine.contextTokens` higher")
        if outcome is Decoded.NO_MEMORY:
            raise EngineOverloaded(
                "llama.cpp ran out of memory; close other programs, or set `engine.contextTokens` lower"
            )
        raise EngineError("llama.cpp failed to compute; `mendline doctor` shows the engine's state")


def common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """Return how many tokens two sequences have in common at their start."""
    for index, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return index
    return min(len(left), len(right))
