"""Texts in a model's place: what was deleted, changed in known ways.

No model is needed, so thousands of positions take minutes, and texts come that a good model seldom writes. With the
right text, whatever is not shown as it is was lost by the pipeline itself.
"""

from __future__ import annotations

import enum
import random
import re
from collections.abc import Callable, Sequence

from mendline.engine.fake import FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import EngineInfo, FillRequest
from mendline.evaluation.files.sample import Position

_CONTEXT_TOKENS = 8192
_FOLLOWING = 400
_KNOWN = 200
"""Characters of what follows the hole that a text which doesn't end in time goes on with."""
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_STRAY = (*"()[]{}:,;'\"`.=", "\n", "\n        ", "    ", "return ", "else:\n", "}\n", "*/", "${")
_MOST_CHANGES = 3


class Answers(enum.Enum):
    """Who answers."""

    MODEL = "model"
    """The model."""
    RIGHT = "right"
    """What was deleted."""
    OVERRUN = "overrun"
    """What was deleted, and then what follows it in the file."""
    CUT = "cut"
    """A beginning of what was deleted, of any length."""
    CHANGED = "changed"
    """What was deleted, and sometimes what follows, with up to three tokens dropped, put in or exchanged."""
    FOREIGN = "foreign"
    """What was deleted at another position, of any language."""


class Scripted(FakeEngine):
    """An `Engine` that answers for the position that was announced last.

    Args:
        answers: how; not `MODEL`.
        positions: all there are.
        seed: decides every change, for each position by itself.
    """

    def __init__(self, answers: Answers, positions: Sequence[Position], seed: int) -> None:
        self._write = _WRITERS[answers]
        self._positions = positions
        self._seed = seed
        self._text = self._before = ""
        info = EngineInfo(answers.value, backend="scripted", context_tokens=_CONTEXT_TOKENS, can_splice=True)
        super().__init__(self._answer, info=info)

    def announce(self, position: Position) -> None:
        """Answer for this position from now on."""
        draw = random.Random(f"{self._seed}:{position.key}")  # noqa: S311 - chance, no secret
        self._text = self._write(position, self._positions, draw)
        self._before = position.text[max(0, position.hole.start - _KNOWN) : position.hole.start]

    def _answer(self, request: Request) -> str:
        """The text, or what is left of it where a beginning is given that it has, too."""
        if not isinstance(request, FillRequest):
            return self._text
        begun = request.prefix.rpartition(self._before)[2] if self._before else request.prefix
        return self._text.removeprefix(begun)


def _right(position: Position, _positions: Sequence[Position], _draw: random.Random) -> str:
    return position.deleted


def _overrun(position: Position, _positions: Sequence[Position], _draw: random.Random) -> str:
    return position.deleted + position.following[:_FOLLOWING]


def _cut(position: Position, _positions: Sequence[Position], draw: random.Random) -> str:
    return position.deleted[: draw.randint(1, len(position.deleted))]


def _changed(position: Position, _positions: Sequence[Position], draw: random.Random) -> str:
    tokens = _TOKEN.findall(position.deleted + position.following[: draw.choice((0, 0, 60, 200))])
    for _ in range(draw.randint(1, _MOST_CHANGES)):
        at = draw.randrange(len(tokens))
        tokens[at : at + draw.choice((0, 1))] = draw.choice(([], [draw.choice(_STRAY)], [draw.choice(tokens)]))
        if not tokens:
            break
    return "".join(tokens)


def _foreign(_position: Position, positions: Sequence[Position], draw: random.Random) -> str:
    other = draw.choice(positions)
    return other.deleted + other.following[: draw.choice((0, 100))]


_WRITERS: dict[Answers, Callable[[Position, Sequence[Position], random.Random], str]] = {
    Answers.RIGHT: _right,
    Answers.OVERRUN: _overrun,
    Answers.CUT: _cut,
    Answers.CHANGED: _changed,
    Answers.FOREIGN: _foreign,
}
