"""What the engine has in its cache, as far as the server knows."""

from __future__ import annotations

from collections.abc import Collection

from attrs import define, field

from mendline.context.budget import estimated_tokens
from mendline.engine.protocol import ContextChunk, FillRequest

_KEPT = 4
_SEAM = 8
"""Tokens at the start of a moved piece that an engine computes where it stands now."""


@define
class Prefilled:
    """The prompts an engine has computed of late.

    A guess, and good enough for choosing between prompts: other editors use the same engine, and what it has dropped
    for them is computed again. An engine that is asked for the first time has nothing.
    """

    _requests: list[FillRequest] = field(factory=list, init=False)

    def add(self, request: FillRequest) -> None:
        """Note that a prompt was computed. One that it grew out of has been changed into it."""
        origin = min(self._requests, key=lambda each: _missing(each, request), default=None)
        if origin is not None and 2 * _missing(origin, request) <= _size(request):
            self._requests.remove(origin)
        self._requests.append(request)
        del self._requests[:-_KEPT]

    def missing(self, request: FillRequest) -> int:
        """Return about how many tokens of a prompt the engine would have to compute."""
        return min((_missing(each, request) for each in self._requests), default=_size(request))

    def contexts(self, paths: Collection[str]) -> tuple[tuple[ContextChunk, ...], ...]:
        """Return what was computed before the text of a file, the latest first, each once.

        Args:
            paths: those that the file has in prompts. It may have been computed without anything: that is one, too.
        """
        return tuple(dict.fromkeys(each.context for each in reversed(self._requests) if each.path in paths))

    def clear(self) -> None:
        """Forget everything: the engine was replaced."""
        self._requests.clear()


def _size(request: FillRequest) -> int:
    texts = (*(chunk.text for chunk in request.context), request.prefix, request.suffix)
    return sum(map(estimated_tokens, texts))


def _missing(old: FillRequest, new: FillRequest) -> int:
    """What a splice of the one prompt into the other computes."""
    if old.path != new.path or bool(old.context) != bool(new.context):
        return _size(new)
    typed = estimated_tokens(new.prefix[_common(old.prefix, new.prefix) :])
    body = max(_common(old.suffix, new.suffix), _common(old.suffix[::-1], new.suffix[::-1]))
    kept = estimated_tokens(new.suffix[:body])
    # An engine does not move a suffix behind more new text than the suffix has.
    rest = estimated_tokens(new.suffix) - (kept if typed <= kept else 0)
    return _missing_context(old.context, new.context) + typed + rest


def _missing_context(old: tuple[ContextChunk, ...], new: tuple[ContextChunk, ...]) -> int:
    """What changed chunks cost: new ones are computed, and a seam of each that is moved, the prefix included."""
    if old == new:
        return 0
    left = list(old)
    missing, in_place = _SEAM, True
    for number, chunk in enumerate(new):
        in_place = in_place and number < len(old) and old[number] == chunk
        if chunk in left:
            left.remove(chunk)
            missing += 0 if in_place else _SEAM
        else:
            missing += estimated_tokens(chunk.text)
    return missing


def _common(left: str, right: str) -> int:
    """Return how many characters two texts have in common at their start."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
