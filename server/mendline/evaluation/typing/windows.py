"""A window of so many tokens around the cursor, whose ends stay where they are while somebody types."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator

from attrs import evolve

from mendline.evaluation.typing.synthetic import Count
from mendline.evaluation.typing.traces import State

_SUFFIX_SHARE = 0.25
_DRIFT = 0.03
_LONGEST_TOKEN = 16
"""Characters a token has at most on average; more text than that is not looked at."""


def windowed(played: Iterable[State], count: Count, tokens: int) -> Iterator[State]:
    """Cut states to windows of `tokens` tokens, three parts of them before the cursor.

    What one side does not need goes to the other. The ends are chosen anew when the cursor comes to another place, and
    when the window's size is off by more than three per cent.
    """
    cut: tuple[int, int] | None = None
    for state in played:
        prefix, suffix = state.above + state.prefix, state.suffix + state.below
        if cut is None or state.kind.arrives or not _holds(prefix, suffix, cut, count, tokens):
            cut = _cut(prefix, suffix, count, tokens)
        above, end = cut[0], len(suffix) - cut[1]
        yield evolve(state, above=prefix[:above], prefix=prefix[above:], suffix=suffix[:end], below=suffix[end:])


def _holds(prefix: str, suffix: str, cut: tuple[int, int], count: Count, tokens: int) -> bool:
    above, below = cut
    if above > len(prefix) or below > len(suffix):
        return False
    size = count(prefix[above:]) + count(suffix[: len(suffix) - below])
    return size <= (1 + _DRIFT) * tokens and (size >= (1 - _DRIFT) * tokens or cut == (0, 0))


def _cut(prefix: str, suffix: str, count: Count, tokens: int) -> tuple[int, int]:
    """Return how many characters are left out at the beginning and at the end."""
    prefix_tokens = count(prefix[-_LONGEST_TOKEN * tokens :])
    suffix_room = max(int(_SUFFIX_SHARE * tokens), tokens - prefix_tokens)
    after = _fitting(len(suffix), suffix_room, lambda size: suffix[:size], count)
    prefix_room = tokens - count(suffix[:after])
    before = _fitting(len(prefix), prefix_room, lambda size: prefix[len(prefix) - size :], count)
    return len(prefix) - before, len(suffix) - after


def _fitting(length: int, room: int, part: Callable[[int], str], count: Count) -> int:
    """Return the most characters, up to `length`, whose part has at most `room` tokens."""
    most = min(length, _LONGEST_TOKEN * room)
    return bisect.bisect_right(range(1, most + 1), room, key=lambda size: count(part(size)))
