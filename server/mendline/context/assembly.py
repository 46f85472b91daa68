"""Related code laid out for the prompt: within a budget, nothing twice, the most stable first."""

from __future__ import annotations

import functools
from collections.abc import Collection

from attrs import define, evolve, field, frozen

from mendline.context.piece import Piece
from mendline.context.related import Related
from mendline.context.sources import SOURCES
from mendline.engine.protocol import ContextChunk

_LEAST_LINES = 2
"""A piece that is too long is shown with fewer lines, but not with fewer than these."""
_LONGEST_SHARE = 1 / 6
"""The part of the room that one piece may take while others wait: a class with many members shows the first."""
_LEAST_ECHO = 8
"""Shorter texts, such as `x = 1`, stand in many places without being the same thing."""
_MOST_MISFITS = 12
"""After so many pieces that don't fit, the room counts as full."""
_PATH_BYTES = 6
"""What a path costs beside its own letters."""


@frozen
class Part:
    """A chunk and the source it is from."""

    source: str
    chunk: ContextChunk


def assemble(related: Related, room: int, window: str, omit: Collection[str] = ()) -> tuple[Part, ...]:
    """Choose what fits into the room and group it by source and file. A pure function of its arguments.

    Each source may spend its share; what is left is then offered to all in turn, those with the largest share first.
    What stands in the window, line for line, is left out, and so is what an earlier source has.

    Args:
        related: what was gathered.
        room: UTF-8 bytes, paths included.
        window: the text around the cursor that the model sees.
        omit: names of sources that are left out.
    """
    choice = _Choice.of(window)
    offered = [(source, dict(related.pieces).get(source.name, ())) for source in SOURCES if source.name not in omit]
    by_share = sorted(offered, key=lambda each: -each[0].share)
    left = room
    for source, pieces in by_share:
        share = min(int(room * source.share), left)
        left -= choice.take(source.name, pieces, share, longest=int(room * _LONGEST_SHARE))
    for source, pieces in by_share:
        left -= choice.take(source.name, pieces, left, longest=left)
    return tuple(part for source in SOURCES for part in choice.parts(source.name))


@define
class _Choice:
    """What has been taken so far."""

    _window: str
    _taken: dict[str, list[Piece]] = field(factory=dict)
    _seen: set[tuple[str, str]] = field(factory=set)

    @classmethod
    def of(cls, window: str) -> _Choice:
        return cls(_bare(window))

    def take(self, source: str, pieces: Collection[Piece], room: int, *, longest: int) -> int:
        """Take what fits, in order, none of it much longer than `longest`; return the bytes it needs."""
        taken = self._taken.setdefault(source, [])
        paths = {each.path for each in taken}
        left, misfits = room, 0
        for piece in pieces:
            echo = _bare_piece(piece.echo or piece.text)
            if (piece.path, echo) in self._seen or (len(echo) >= _LEAST_ECHO and echo in self._window):
                continue
            head = 0 if piece.path in paths else _size(piece.path) + _PATH_BYTES
            text = _fitting(piece.text, left - head, longest)
            if not text:
                misfits += 1
                if misfits == _MOST_MISFITS:
                    break
                continue
            paths.add(piece.path)
            self._seen.add((piece.path, echo))
            taken.append(evolve(piece, text=text))
            left -= head + _size(text) + 1
        return room - left

    def parts(self, source: str) -> tuple[Part, ...]:
        """Group what was taken of a source, in an order that does not follow its rank: ranks change, files stay."""
        texts: dict[str, list[str]] = {}
        for piece in sorted(self._taken.get(source, ()), key=lambda each: (each.path, each.line)):
            texts.setdefault(piece.path, []).append(piece.text)
        return tuple(Part(source, ContextChunk(path, "\n".join(lines) + "\n")) for path, lines in texts.items())


def _fitting(text: str, room: int, longest: int) -> str:
    """The text, or as many of its first lines as fit; empty where those are too few to say anything.

    Args:
        text: whole lines.
        room: bytes that are left.
        longest: bytes after which only the first lines go on.
    """
    if _size(text) < min(room, longest):
        return text
    lines, used = text.split("\n"), 0
    kept: list[str] = []
    for line in lines:
        used += _size(line) + 1
        if used > room or (used > longest and len(kept) >= _LEAST_LINES):
            break
        kept.append(line)
    # A decorator without what it belongs to says nothing.
    while kept and kept[-1].lstrip().startswith("@"):
        kept.pop()
    return "\n".join(kept) if len(kept) >= min(_LEAST_LINES, len(lines)) else ""


@functools.lru_cache(maxsize=4096)
def _bare_piece(text: str) -> str:
    return _bare(text)


def _bare(text: str) -> str:
    """A text without white space, and without the comma that only a bracket on a line of its own has before it."""
    return "".join(text.split()).replace(",)", ")")


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
