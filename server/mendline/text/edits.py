"""Edits between texts."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Final

from mendline.text.document import Edit

_MOST_LINES: Final = 2_000


def edit_between(old: str, new: str) -> Edit:
    """Return one edit that turns `old` into `new`: what is left when the common beginning and end are taken off."""
    shorter = min(len(old), len(new))
    start = _agree(shorter, lambda low, high: old[low:high] == new[low:high])
    tail = _agree(
        shorter - start,
        lambda low, high: old[len(old) - high : len(old) - low] == new[len(new) - high : len(new) - low],
    )
    return Edit(start, len(old) - tail, new[start : len(new) - tail])


def edits_between(old: str, new: str) -> tuple[Edit, ...]:
    """Return edits that turn `old` into `new`: one for each stretch of lines that differs, each as short as it can be.

    Where very many lines differ, it is one edit.
    """
    whole = edit_between(old, new)
    if whole.start == whole.end and not whole.text:
        return ()
    start, end = old.rfind("\n", 0, whole.start) + 1, old.find("\n", whole.end) + 1 or len(old)
    before = old[start:end].splitlines(keepends=True)
    after = new[start : len(new) - (len(old) - end)].splitlines(keepends=True)
    if max(len(before), len(after)) > _MOST_LINES:
        return narrowed(old, [whole])
    starts = list(accumulate((len(line) for line in before), initial=start))
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = (
        Edit(starts[first], starts[last], "".join(after[new_first:new_last]))
        for step, first, last, new_first, new_last in steps
        if step != "equal"
    )
    return narrowed(old, changed)


def narrowed(text: str, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    r"""Return edits without what they leave as it is at either end; those that change nothing are left out.

    So cursors, marks and foldings around a change stay in place. No edit begins or ends between `\r` and `\n`, which
    is no place in LSP.
    """
    found: list[Edit] = []
    for each in edits:
        least = edit_between(text[each.start : each.end], each.text)
        start, end, new = each.start + least.start, each.start + least.end, least.text
        if start == end and not new:
            continue
        if text[max(0, start - 1) : start + 1] == "\r\n":
            start, new = start - 1, "\r" + new
        if text[max(0, end - 1) : end + 1] == "\r\n":
            end, new = end + 1, new + "\n"
        found.append(Edit(start, end, new))
    return tuple(found)


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
