"""Which prompts are kept on disk when the engine ends, and when one of them is read back."""

from __future__ import annotations

import logging
from collections.abc import Callable

from attrs import frozen

from mendline.engine.errors import EngineOverloaded
from mendline.engine.llama.kv.cache import KvCache
from mendline.engine.llama.kv.saved import SavedStates, worth_restoring, worth_saving
from mendline.engine.llama.kv.strand import Strand
from mendline.engine.llama.prompt import Prompt

_log = logging.getLogger("mendline.engine.llama")

MOST_KEPT = 4
"""Prompts written when the engine ends: what the user worked on last, and no more than a second of writing."""


@frozen(eq=False)
class Keeping:
    """The way of prompts from the cache to disk and back.

    Attributes:
        cache: where prompts are.
        saved: where they are kept.
        bytes_per_token: what a token takes in the cache.
        prefill_rate: returns how many tokens a second are computed here, as measured so far.
        markers: the model's markers before the suffix and the middle; None where it has none.
        positions: returns how many positions of a sequence are taken.
        settle: computes one token in a sequence, so that no move of cells is pending any more.
    """

    cache: KvCache
    saved: SavedStates
    bytes_per_token: int
    prefill_rate: Callable[[], float]
    markers: tuple[int, int] | None
    positions: Callable[[int], int]
    settle: Callable[[int], None]

    def bring_back(self, prompt: Prompt) -> None:
        """Read the state that helps with a prompt, if one does and reading is cheaper than computing."""
        state = self.saved.best(prompt.tokens)
        if state is None:
            return
        gained = state.shared(prompt.tokens) - self.cache.reusable(prompt)
        if not worth_restoring(gained, state.bytes, self.prefill_rate()):
            return
        try:
            self.cache.make_room(len(state.tokens))
            sequence = self.cache.sequence()
        except EngineOverloaded:
            return
        tokens = self.saved.restore(state, sequence)
        if tokens is None:
            self.cache.give_back(sequence)
            return
        self._take_up(sequence, tokens)
        _log.info("took up a saved prompt of %d tokens", len(tokens))

    def keep(self) -> None:
        """Write what was used last and is exact."""
        try:
            self.cache.make_room(1)
            sequence = self.cache.sequence()
        except EngineOverloaded:
            return
        self.settle(sequence)
        self.cache.give_back(sequence)
        strands = sorted(self.cache.strands, key=lambda strand: strand.used, reverse=True)
        kept = 0
        for strand in strands:
            if kept < MOST_KEPT and self._prepared(strand):
                kept += self.saved.save(strand.tokens, strand.sequence) is not None

    def _prepared(self, strand: Strand) -> bool:
        """Cut a strand to what is exact; tell whether the rest is worth a file."""
        if strand.approximate:
            self.cache.cut(strand, strand.stale[0])
        # A file has no place for the gap: it is found again only where it stands before a whole suffix.
        whole = self.markers is not None and self.markers[1] in strand.tokens
        if strand.gap and not (whole and strand.suffix_at is not None and strand.gap_at == strand.suffix_at + 1):
            self.cache.cut(strand, strand.gap_at)
        return worth_saving(len(strand.tokens), self.prefill_rate(), self.bytes_per_token)

    def _take_up(self, sequence: int, tokens: list[int]) -> None:
        suffix, middle = self.markers or (None, None)
        whole = suffix in tokens and middle in tokens
        gap = self.positions(sequence) - len(tokens)
        if gap < 0 or (gap and not whole):
            self.cache.cells.remove(0, sequence=sequence)
            self.cache.give_back(sequence)
            return
        strand = self.cache.add(sequence, tokens)
        if whole and suffix is not None and middle is not None:
            strand.suffix_at = tokens.index(suffix)
            strand.prompt_end = tokens.index(middle) + 1
            strand.gap, strand.gap_at = (gap, strand.suffix_at + 1) if gap else (0, 0)
