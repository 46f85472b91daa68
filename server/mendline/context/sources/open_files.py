"""Signatures of the files that are open beside this one: what the user works with at the moment."""

from __future__ import annotations

from pathlib import Path

from mendline.context.focus import Focus
from mendline.context.piece import Piece, of_symbol
from mendline.context.surroundings import Surroundings

_MOST_FILES = 4
_MOST_OF_FILE = 10
_SHOWN = ("function", "class", "interface", "type", "enum")


def open_files(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """What the files visited last define at their top; those in this file's language only, names used here first."""
    pieces: list[tuple[int, Piece]] = []
    files = 0
    for snapshot in surroundings.open:
        if snapshot.path is None or snapshot.language is None or snapshot.language.id != focus.language_id:
            continue
        file = surroundings.file(Path(snapshot.path))
        if file is None or not file.symbols:
            continue
        path = surroundings.shown(file.path)
        top = [each for each in file.symbols if not each.container and each.kind in _SHOWN]
        public = [each for each in top if not each.name.startswith("_")]
        used = [each for each in public if focus.near[each.name] or focus.elsewhere[each.name]]
        rest = [each for each in public if each not in used]
        for each in (*used, *rest)[:_MOST_OF_FILE]:
            members = file.members(each.name)
            piece = of_symbol(path, each, members, language_id=file.language_id, brief=True)
            pieces.append((0 if each in used else 1, piece))
        files += 1
        if files == _MOST_FILES:
            break
    return tuple(piece for _, piece in sorted(pieces, key=lambda each: each[0]))
