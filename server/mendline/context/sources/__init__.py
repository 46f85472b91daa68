"""Where related code comes from: one file a source, listed in the order of the prompt, the most stable first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import frozen

from mendline.context.focus import Focus
from mendline.context.piece import Piece
from mendline.context.sources.definitions import definitions
from mendline.context.sources.diagnostics import diagnostics
from mendline.context.sources.edits import edits
from mendline.context.sources.imports import imports
from mendline.context.sources.notes import notes
from mendline.context.sources.open_files import open_files
from mendline.context.sources.own_imports import own_imports
from mendline.context.sources.usages import usages
from mendline.context.surroundings import Surroundings

__all__ = ["SOURCES", "Source"]


@frozen
class Source:
    """One source.

    Attributes:
        name: what settings, sections and ablations call it.
        pieces: what it has for a place, the best first. May block; must not fail.
        share: the part of the room that is its own, 0 to 1. What it leaves goes to the others.
    """

    name: str
    pieces: Callable[[Focus, Surroundings], tuple[Piece, ...]]
    share: float


SOURCES: Final = (
    Source("notes", notes, 0.05),
    Source("imports", imports, 0.2),
    Source("usages", usages, 0.3),
    Source("definitions", definitions, 0.15),
    Source("openFiles", open_files, 0.05),
    Source("edits", edits, 0.1),
    Source("diagnostics", diagnostics, 0.05),
    # The beginning of the file itself, right before what the model sees of it.
    Source("ownImports", own_imports, 0.1),
)
