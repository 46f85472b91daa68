"""Files drawn in one text, written into a folder: `--- path` begins each."""

from __future__ import annotations

import re
from pathlib import Path

from mendline.context.related import Related, gather
from mendline.context.surroundings import Surroundings
from mendline.workspace.store import Snapshot
from support.cursor_text import CURSOR, snapshot_at

_HEAD = re.compile(r"^--- (.+)\n", re.MULTILINE)


def draw(folder: Path, drawn: str) -> tuple[Snapshot, int]:
    """Write the files; return the one with the cursor in it, as an editor has it."""
    _, *parts = _HEAD.split(drawn)
    opened: tuple[Snapshot, int] | None = None
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(CURSOR, ""), encoding="utf-8")
        if CURSOR in text:
            opened = snapshot_at(text, _LANGUAGES[path.suffix], path=str(path))
    assert opened is not None, "no cursor in the drawn files"
    return opened


def related(folder: Path, drawn: str, surroundings: Surroundings | None = None) -> Related:
    """What is gathered at the cursor of drawn files."""
    snapshot, offset = draw(folder, drawn)
    return gather(snapshot, offset, surroundings or Surroundings(folders=(folder,)))


def shown(found: Related, source: str) -> list[str]:
    """A source's pieces, best first, each as `path: text` with its lines joined."""
    pieces = dict(found.pieces).get(source, ())
    return [f"{piece.path}: {' / '.join(line.strip() for line in piece.text.splitlines())}" for piece in pieces]


_LANGUAGES = {
    ".py": "python",
    ".js": "javascript",
    ".ts": "typescript",
    ".tsx": "typescriptreact",
    ".go": "go",
    ".rs": "rust",
    ".c": "c",
}
