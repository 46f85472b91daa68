"""Related code: gathered when there is time for it, and then a value that prompts are assembled from."""

from __future__ import annotations

import logging

from attrs import frozen

from mendline.context.focus import Focus
from mendline.context.piece import Piece
from mendline.context.sources import SOURCES
from mendline.context.surroundings import Surroundings
from mendline.workspace.store import Snapshot

logger = logging.getLogger(__name__)

_MOST_BYTES = 24 * 1024
"""What is gathered of one source: several times the room that the largest prompt has."""


@frozen
class Related:
    """What was found for a place in a file.

    Attributes:
        path: the file's path as the model shall read it beside those of the pieces; empty where there is none.
        pieces: by source, in the order of `SOURCES`; in each the best first.
    """

    path: str = ""
    pieces: tuple[tuple[str, tuple[Piece, ...]], ...] = ()


NOTHING = Related()


def gather(snapshot: Snapshot, offset: int, surroundings: Surroundings, omit: frozenset[str] = frozenset()) -> Related:
    """Gather what belongs to a place. Reads files and takes as long as that takes: not for the event loop.

    The result depends on the file, the definition around the cursor and the surroundings, not on the line that is
    typed. A source that fails is left out.

    Args:
        snapshot: the document, its tree parsed already.
        offset: the cursor, in code points.
        surroundings: what else is known.
        omit: names of sources that are left out.
    """
    own = surroundings.files.opened(snapshot)
    focus = Focus.of(snapshot, offset, own.symbols if own is not None else ())
    found = []
    for source in SOURCES:
        if source.name in omit:
            continue
        try:
            pieces = _bounded(source.pieces(focus, surroundings))
        except Exception as error:  # one source's defect must not cost the others
            logger.warning("%s in the context source %s", type(error).__name__, source.name)
            logger.debug("details", exc_info=error)
            continue
        if pieces:
            found.append((source.name, pieces))
    return Related(surroundings.shown(focus.path) if focus.path is not None else "", tuple(found))


def _bounded(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    left = _MOST_BYTES
    kept = []
    for piece in pieces:
        left -= len(piece.text)
        if left < 0:
            break
        kept.append(piece)
    return tuple(kept)
