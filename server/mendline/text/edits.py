"""Edits between texts."""

from __future__ import annotations

from collections.abc import Callable

from mendline.text.document import Edit


def edit_between(old: str, new: str) -> Edit:
    """Return one edit that turns `old` into `new`: what is left when the common beginning and end are taken off."""
    shorter = min(len(old), len(new))
    start = _agree(shorter, lambda low, high: old[low:high] == new[low:high])
    tail = _agree(
        shorter - start,
        lambda low, high: old[len(old) - high : len(old) - low] == new[len(new) - high : len(new) - low],
    )
    return Edit(start, len(old) - tail, new[start : len(new) - tail])


def _agree(length: int, same: Callable[[int, int], bool]) -> int:
    """Return how many of the first `length` places agree, by halving: comparing slices is what strings do fast."""
    low, high = 0, length
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low
