"""Traces made from source text: somebody writes lines of it that are missing, with slips, and accepts the rest."""

from __future__ import annotations

import bisect
import hashlib
import importlib.resources
import random
import string
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import define, frozen

from mendline.evaluation.typing.traces import Accept, Action, Delete, Jump, Open, TraceError, Type

Count = Callable[[str], int]
"""Tells how many tokens a text has."""

MARKERS = 3
"""Tokens of a prompt that are no text: before prefix, suffix and middle."""

_CURSOR, _AROUND = 0.75, 0.07
"""Lines are written where three parts of the text are before the cursor and one is after it, give or take."""
_PER_VISIT = 10
_VISITS = 4
_SLIPS = 0.06
_ACCEPTED = 0.7
_MEDIAN_PAUSE = 0.14
_PAUSE_SPREAD = 0.5
_ROOMS = ("text", "syntax", "context", "workspace", "settings", "checks")


@frozen
class Source:
    """Text that documents are cut from.

    Attributes:
        name: what it is.
        text: source code.
    """

    name: str
    text: str

    @classmethod
    def read(cls, path: Path) -> Source:
        """Read a file.

        Raises:
            TraceError: it can't be read as text.
        """
        try:
            return cls(path.name, path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise TraceError(f"{path} is not a text file") from None
        except OSError as error:
            raise TraceError(f"cannot read {path}: {error.strerror or error}") from None

    @property
    def digest(self) -> str:
        """The beginning of the text's SHA-256: two runs compare if it is the same."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:12]


def own_source() -> Source:
    """Return modules of this package, one after the other."""
    package = importlib.resources.files("mendline")
    modules = [
        module
        for room in _ROOMS
        for module in sorted(package.joinpath(room).iterdir(), key=lambda each: each.name)
        if module.name.endswith(".py")
    ]
    return Source("mendline's own source", "\n\n".join(module.read_text(encoding="utf-8") for module in modules))


def synthetic(source: Source, count: Count, *, tokens: int, keystrokes: int, seed: int) -> tuple[Action, ...]:
    """Make a trace whose prompts have about `tokens` tokens when the whole document is in them.

    The same arguments always give the same trace. Each document is a piece of the source with some lines' ends
    missing. The cursor comes to one after the other; there the line is typed, with slips that are deleted again, and
    mostly a suggestion of the line's rest is accepted in the end. Pauses between keystrokes are log-normal with a
    median of 140 ms, a fast typist's (Dhakal et al., "Observations on Typing from 136 Million Keystrokes", CHI 2018).

    Args:
        source: where documents are cut from.
        count: the model's.
        tokens: of a prompt; what is missing at first and written later counts by half.
        keystrokes: how many there are.
        seed: of the draw.

    Raises:
        TraceError: the source is too short for so many tokens.
    """
    draw = random.Random(f"{seed} {tokens}")  # noqa: S311 - a simulation, no secret
    actions: list[Action] = []
    left = keystrokes
    while left:
        now = min(left, _PER_VISIT * _VISITS)
        actions += _document(source.text, count, tokens - MARKERS, now, draw)
        left -= now
    return tuple(actions)


@define(eq=False)
class _Hole:
    """The end of a line that is missing at first.

    Attributes:
        start: where it belongs in the whole text.
        missing: what belongs there.
        written: how many characters of it have been written.
    """

    start: int
    missing: str
    written: int = 0


def _document(source: str, count: Count, tokens: int, keystrokes: int, draw: random.Random) -> Iterator[Action]:
    start = _start(source, tokens, draw)
    holes = _holes(_piece(source, start, tokens, count), -(-keystrokes // _PER_VISIT), draw)
    order = holes.copy()
    draw.shuffle(order)
    first = _offset(order[0], holes)
    actions: list[Action] = []
    for number, hole in enumerate(order):
        if number:
            actions.append(Jump(_offset(hole, holes), round(draw.uniform(0.8, 2.0), 3)))
        actions += _visit(hole, min(_PER_VISIT, keystrokes - number * _PER_VISIT), draw)
    # What is missing on average comes on top.
    missing = sum(count(hole.missing) + count(hole.missing[hole.written :]) for hole in holes) // 2
    yield Open(_without(_piece(source, start, tokens + missing, count), holes), first)
    yield from actions


def _start(source: str, tokens: int, draw: random.Random) -> int:
    # A token of code has three to four characters.
    last = len(source) - 5 * tokens
    if last < 0:
        raise TraceError(f"the source has {len(source):,} characters, too few for documents of {tokens:,} tokens")
    return source.rfind("\n", 0, draw.randint(1, last + 1)) + 1


def _piece(source: str, start: int, tokens: int, count: Count) -> str:
    longest = source[start : start + 8 * tokens]
    length = bisect.bisect_left(range(len(longest) + 1), tokens, key=lambda size: count(longest[:size]))
    if length > len(longest):
        raise TraceError(f"the source is too short for documents of {tokens:,} tokens")
    return longest[:length]


def _holes(text: str, number: int, draw: random.Random) -> list[_Hole]:
    places: list[_Hole] = []
    offset = 0
    for line in text.split("\n"):
        body = line.lstrip()
        if len(body) >= _PER_VISIT:
            places.append(_Hole(offset + len(line) - len(body), body))
        offset += len(line) + 1
    # The last line is cut anywhere.
    places = sorted(places[:-1], key=lambda hole: abs(hole.start - _CURSOR * len(text)))
    near = sum(abs(hole.start - _CURSOR * len(text)) <= _AROUND * len(text) for hole in places)
    found = places[: max(near, number)]
    if len(found) < number:
        raise TraceError(f"a document of {len(text):,} characters has too few lines to write")
    return sorted(draw.sample(found, number), key=lambda hole: hole.start)


def _without(text: str, holes: Sequence[_Hole]) -> str:
    for hole in reversed(holes):
        text = text[: hole.start] + text[hole.start + len(hole.missing) :]
    return text


def _offset(hole: _Hole, holes: Sequence[_Hole]) -> int:
    """Return where a hole is in the text as it is by now."""
    before = (other for other in holes if other.start < hole.start)
    return hole.start - sum(len(other.missing) - other.written for other in before)


def _visit(hole: _Hole, budget: int, draw: random.Random) -> Iterator[Action]:
    """Write a line with `budget` keystrokes; what is left of it is not written, or accepted with the last one."""
    accepts = budget > 1 and draw.random() < _ACCEPTED
    left = budget - accepts
    while left:
        slips = left > 2 and draw.random() < _SLIPS
        if slips:
            yield Type(draw.choice(string.ascii_lowercase), _pause(draw))
            yield Delete(1, _pause(draw) * 2)
            left -= 2
        yield Type(hole.missing[hole.written], _pause(draw))
        hole.written += 1
        left -= 1
    if accepts:
        yield Accept(hole.missing[hole.written :], round(draw.uniform(0.4, 1.2), 3))
        hole.written = len(hole.missing)


def _pause(draw: random.Random) -> float:
    return round(_MEDIAN_PAUSE * draw.lognormvariate(0.0, _PAUSE_SPREAD), 3)
