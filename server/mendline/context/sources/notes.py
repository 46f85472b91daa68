"""What the project says of itself for those who write its code: the beginnings of a few files of that purpose."""

from __future__ import annotations

from mendline.context.focus import Focus
from mendline.context.piece import Piece
from mendline.context.surroundings import Surroundings

FILES = (".mendline/notes.md", "AGENTS.md")
"""From the workspace's folder, the most telling first."""
MOST_BYTES = 1200


def notes(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """The notes of the folder that the file is in, each from its beginning to the last whole line that fits."""
    root = surroundings.folder_of(focus.path)
    if root is None:
        return ()
    found = ((name, surroundings.beginning(root / name, MOST_BYTES)) for name in FILES)
    return tuple(Piece(name, _whole_lines(text)) for name, text in found if text.strip())


def _whole_lines(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if len(text.encode()) >= MOST_BYTES - 4 and len(lines) > 1:
        lines.pop()
    return "\n".join(lines)
