"""The user's last changes, as small differences: what they are about, and how they write it."""

from __future__ import annotations

from pathlib import Path

from mendline.context.focus import Focus
from mendline.context.piece import Piece
from mendline.context.surroundings import Surroundings

PATH = "recent.diff"
"""What the model reads as the path of all of them."""
_MOST_EDITS = 6
_MOST_LINES = 12
_NEAR_LINES = 30


def edits(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """The last changes but for those around the cursor, the newest first.

    What is changed there stands in the window as it is now, and it goes on changing: shown here it would cost each
    pause the computation of all that follows.
    """
    line = focus.snapshot.document.line_at(focus.offset)
    shown: list[Piece] = []
    for number, edit in enumerate(surroundings.edits):
        here = edit.uri == focus.snapshot.uri
        path = Path(edit.path) if edit.path else None
        if path is None or (here and abs(edit.line - line) <= _NEAR_LINES) or surroundings.refused(path):
            continue
        removed, added = edit.before.splitlines(), edit.after.splitlines()
        if not edit.before.strip() and not edit.after.strip():
            continue
        removed, added = _without_common(removed, added)
        if len(removed) + len(added) > _MOST_LINES:
            continue
        lines = [f"--- {surroundings.shown(path)}", *(f"-{each}" for each in removed), *(f"+{each}" for each in added)]
        # In the order in which they were made.
        shown.append(Piece(PATH, "\n".join(lines), -number, echo="\n".join(added)))
        if len(shown) == _MOST_EDITS:
            break
    return tuple(shown)


def _without_common(removed: list[str], added: list[str]) -> tuple[list[str], list[str]]:
    """Both without the lines that they begin and end with alike."""
    most = min(len(removed), len(added))
    start = next((at for at in range(most) if removed[at] != added[at]), most)
    most -= start
    tail = next((at for at in range(most) if removed[-1 - at] != added[-1 - at]), most)
    return removed[start : len(removed) - tail], added[start : len(added) - tail]
