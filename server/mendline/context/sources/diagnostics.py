"""What is known to be wrong near the cursor."""

from __future__ import annotations

from mendline.context.focus import Focus
from mendline.context.piece import Piece
from mendline.context.surroundings import Surroundings
from mendline.workspace.problems import problems_in

PATH = "diagnostics.txt"
"""What the model reads as the path of all of them."""
_MOST = 4
_MOST_LOOKED_AT = 64
_MOST_LETTERS = 160
_BLOCK_LINES = 100


def diagnostics(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """The first problems of the hundred lines that the cursor is in, so that they don't follow it line by line.

    Those beside the cursor are left out: they come and go with each key.
    """
    document = focus.snapshot.document
    here = document.line_at(focus.offset)
    found = [(each.line, each.message) for each in surroundings.diagnostics if each.uri == focus.snapshot.uri]
    broken = problems_in(focus.snapshot, _MOST_LOOKED_AT)
    found += [(document.line_at(each.range.start), each.message) for each in broken]
    block = here // _BLOCK_LINES
    near = sorted(each for each in set(found) if each[0] // _BLOCK_LINES == block and abs(each[0] - here) > 1)
    name = surroundings.shown(focus.path) if focus.path is not None else "this file"
    return tuple(
        Piece(PATH, f"{name}:{line + 1}: {' '.join(message.split())[:_MOST_LETTERS]}", line)
        for line, message in near[:_MOST]
    )
