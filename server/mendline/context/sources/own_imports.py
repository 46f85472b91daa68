"""The file's own imports, where its beginning is out of the model's sight: by which names it has things here."""

from __future__ import annotations

import re

from mendline.context.focus import Focus
from mendline.context.piece import Piece
from mendline.context.surroundings import Surroundings
from mendline.text.document import Range

_MOST = 60
_MOST_CHARACTERS = 240
_FIRST_LINES = 200
_IMPORT = re.compile(r"(?:import|use|using|#include|require|require_once|require_relative|extern crate|source)\b.*\S")


def own_imports(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """The import statements, those of names near the cursor first, then of names not used yet, then the rest.

    Those in the window are taken out with all that stands there (`context.assembly`).
    """
    if focus.path is None:
        return ()
    path, text = surroundings.shown(focus.path), focus.snapshot.document.text
    ranked: list[tuple[int, int, Piece]] = []
    for range_, names in _statements(focus)[:_MOST]:
        source = text[range_.start : range_.end]
        shown = " ".join(source.split())
        if shown and len(shown) <= _MOST_CHARACTERS:
            rank = min((_rank(name, focus) for name in names), default=1)
            ranked.append((rank, range_.start, Piece(path, shown, range_.start, echo=source)))
    return tuple(piece for *_, piece in sorted(ranked, key=lambda each: each[:2]))


def _statements(focus: Focus) -> list[tuple[Range, tuple[str, ...]]]:
    """Each import and the names that it brings in; by lines in languages whose imports Mendline can't read."""
    if focus.imports:
        return [(each.range, tuple(name.alias for name in each.names)) for each in focus.imports]
    document = focus.snapshot.document
    lines = enumerate(document.line_texts(0, _FIRST_LINES))
    found = [(number, match) for number, line in lines if (match := _IMPORT.match(line)) is not None]
    starts = [(document.line_start(number), match) for number, match in found]
    return [(Range(start, start + match.end()), ()) for start, match in starts]


def _rank(name: str, focus: Focus) -> int:
    first = name.partition(".")[0]
    return 0 if focus.near[first] else 2 if focus.elsewhere[first] else 1
