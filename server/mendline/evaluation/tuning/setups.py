"""Ways to run a model, and what they cost."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from attrs import frozen

PROMPT_TOKENS = 128
DECODED_TOKENS = 24
"""A typical suggestion: so much of the prompt is computed anew, and so many tokens are written."""


@frozen
class Setup:
    """A way to run a model.

    Attributes:
        threads: threads to compute with.
        repack: whether weights are repacked.
        flash_attention: None leaves it to llama.cpp.
        micro_batch: tokens computed in one go.
    """

    threads: int
    repack: bool
    flash_attention: bool | None
    micro_batch: int

    def __str__(self) -> str:
        flash = {None: "auto", True: "on", False: "off"}[self.flash_attention]
        repacked = "repacked" if self.repack else "not repacked"
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"{threads}, {repacked}, flash attention {flash}, micro-batch {self.micro_batch}"


@frozen
class Speed:
    """How fast a setup is, turn by turn. In each turn all setups of a comparison are measured one after the other.

    Attributes:
        prefill: seconds a token takes while a prompt is read, one figure a turn.
        decode: seconds of one decode step, one figure a turn.
    """

    prefill: tuple[float, ...]
    decode: tuple[float, ...]

    @property
    def prefill_tokens_per_second(self) -> float:
        """Median over the turns."""
        return 1 / statistics.median(self.prefill)

    @property
    def decode_seconds(self) -> float:
        """Median over the turns."""
        return statistics.median(self.decode)

    @property
    def suggestion_seconds(self) -> float:
        """What a typical suggestion takes, from the medians."""
        return PROMPT_TOKENS / self.prefill_tokens_per_second + DECODED_TOKENS * self.decode_seconds

    def against(self, other: Speed) -> float:
        """Return how many times as long as with `other` a typical suggestion takes: the median over the turns.

        The turns are compared one by one, since load of other programs comes and goes in seconds.
        """
        return statistics.median(
            mine / theirs for mine, theirs in zip(self._suggestions(), other._suggestions(), strict=True)
        )

    def _suggestions(self) -> Iterable[float]:
        for prefill, decode in zip(self.prefill, self.decode, strict=True):
            yield PROMPT_TOKENS * prefill + DECODED_TOKENS * decode


@frozen
class AbortCost:
    """What it costs that a request is overtaken in the middle of its prefill.

    Attributes:
        busy_seconds: from the abort until the next request can begin, on average.
        lost_seconds: computing whose result is thrown away, on average.
    """

    busy_seconds: float
    lost_seconds: float


class Meter(Protocol):
    """Measures setups. Those that can't be run are missing from its answers."""

    def compare(self, setups: Sequence[Setup]) -> Mapping[Setup, Speed]:
        """Measure prefill and decode of all of them, in turns."""
        ...

    def aborts(self, setups: Mapping[Setup, Speed]) -> Mapping[Setup, AbortCost]:
        """Measure aborts of setups whose speed is known, in turns."""
        ...


@frozen
class Candidates:
    """What is tried, each list with the rule's own choice in it.

    Attributes:
        layouts: pairs of `repack` and `flash_attention`.
        threads: numbers of threads.
        micro_batches: tokens computed in one go.
    """

    layouts: tuple[tuple[bool, bool | None], ...]
    threads: tuple[int, ...]
    micro_batches: tuple[int, ...]


def candidates(
    rule: Setup, *, logical_cores: int, gpu: bool, all_on_gpu: bool, room_for_two: bool = True
) -> Candidates:
    """Return what is worth measuring beside the rule's choice.

    Args:
        rule: what would be used without a measurement.
        logical_cores: hardware threads this process may use.
        gpu: whether layers are on a GPU.
        all_on_gpu: whether all are; then nothing of the CPU's matters.
        room_for_two: whether the model fits into memory twice, repacked and not.
    """
    repacks = (False, True) if room_for_two and not all_on_gpu else (rule.repack,)
    flashes = (rule.flash_attention, False) if gpu else (False, True)
    threads = (rule.threads,) if all_on_gpu else (rule.threads, rule.threads - 1, logical_cores)
    return Candidates(
        layouts=tuple((repack, flash) for repack in repacks for flash in dict.fromkeys(flashes)),
        threads=tuple(dict.fromkeys(count for count in threads if count >= 1)),
        micro_batches=(128, 256, 512, 1024) if gpu else (32, 64, 128),
    )
