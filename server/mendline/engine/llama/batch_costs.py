"""What llama.cpp's decode calls cost on this machine, by how many tokens they compute."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Mapping, Sequence

_CURVE = {1: 1.0, 2: 1.6, 3: 2.0, 4: 2.7, 6: 3.7, 8: 5.5, 12: 6.7, 16: 7.0, 32: 11.0, 64: 15.0}
_SIZES = tuple(_CURVE)
_WIDEST = _SIZES[-1]
_NEWEST_STEP = 0.25
_NEWEST = 0.1
_OUTLIER = 2.0


class BatchCosts:
    """What a decode call of so many tokens costs, learnt from the calls that are made anyway.

    Kept as the cost of one token and how many times that other sizes are. It starts with the curve that was measured
    on a CPU with two cores (a model of 1.5 billion weights, Q4_K_M); each observation moves the sizes next to it, and
    those never seen follow their neighbours. Only ratios decide, so the first cost of one token may be any number.
    """

    def __init__(self) -> None:
        """Start from the curve."""
        self._unit: float | None = None
        self._steps = 0
        self._seen = dict.fromkeys(_SIZES, 0.0)
        self._corrections = dict.fromkeys(_SIZES, 1.0)
        self._ratios = self._table()

    def seconds(self, tokens: int) -> float:
        """Return what a call costs; in units of one token's cost until something was observed.

        Never less than for fewer tokens. Beyond 64 tokens it grows in proportion.
        """
        return (self._unit or 1.0) * self._ratio(tokens)

    def observe(self, tokens: int, seconds: float) -> None:
        """Learn from a call. Calls of more than 64 tokens tell nothing about drafts and are passed over.

        Args:
            tokens: how many were computed, at least 1.
            seconds: how long it took.
        """
        if tokens > _WIDEST or tokens < 1 or seconds <= 0:
            return
        if tokens == 1:
            self._steps += 1
            self._unit = seconds if self._unit is None or self._steps == 1 else self._moved(self._unit, seconds)
        elif self._unit is None:
            self._unit = seconds / self._ratio(tokens)
        else:
            self._bend(tokens, seconds / self._unit)

    def _moved(self, unit: float, seconds: float) -> float:
        within = min(max(seconds, unit / _OUTLIER), unit * _OUTLIER)
        return unit + max(_NEWEST_STEP, 1 / self._steps) * (within - unit)

    def _bend(self, tokens: int, ratio: float) -> None:
        error = min(max(ratio / self._ratio(tokens), 1 / _OUTLIER), _OUTLIER)
        low, high, part = _between(tokens, _SIZES)
        for size, weight in ((low, 1 - part), (high, part)):
            if size > 1 and weight > 0:
                self._seen[size] += weight
                self._corrections[size] *= error ** (weight * max(_NEWEST, 1 / (1 + self._seen[size])))
        known = [size for size in _SIZES if size == 1 or self._seen[size] > 0]
        for size in _SIZES:
            if size not in known:
                self._corrections[size] = _interpolated(size, known, self._corrections)
        self._ratios = self._table()

    def _table(self) -> list[float]:
        """Return the ratios of calls of 0 to 64 tokens."""
        bent = {size: _CURVE[size] * self._corrections[size] for size in _SIZES}
        ratios = (_interpolated(tokens, _SIZES, bent) for tokens in range(1, _WIDEST + 1))
        return [0.0, *itertools.accumulate(ratios, max)]

    def _ratio(self, tokens: int) -> float:
        return self._ratios[min(tokens, _WIDEST)] * max(tokens / _WIDEST, 1.0)


def _interpolated(size: int, known: Sequence[int], values: Mapping[int, float]) -> float:
    low, high, part = _between(size, known)
    return values[low] + part * (values[high] - values[low])


def _between(size: int, known: Sequence[int]) -> tuple[int, int, float]:
    """Return the known sizes (sorted, the first is 1) around a size, and how far it is from the lower to the higher."""
    at = min(bisect.bisect_left(known, size), len(known) - 1)
    high = known[at]
    low = high if high <= size else known[at - 1]
    return low, high, 0.0 if low == high else (size - low) / (high - low)
