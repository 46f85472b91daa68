"""Snapshots from text in which `ˇ` stands for the cursor."""

from __future__ import annotations

from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.store import Snapshot

CURSOR = "ˇ"


def split_at_cursor(drawn: str) -> tuple[str, int]:
    """Return the text without the cursor's sign, and where the sign was."""
    before, sign, after = drawn.partition(CURSOR)
    assert sign, "no cursor in the drawn text"
    return before + after, len(before)


def snapshot_at(
    drawn: str, language_id: str = "python", *, path: str | None = None, cells_before: tuple[str, ...] = ()
) -> tuple[Snapshot, int]:
    """Return a snapshot of the drawn text, parsed, and the cursor's offset."""
    text, offset = split_at_cursor(drawn)
    language = language_of(language_id, "")
    document = Document.of(text)
    tree = Tree.parse(document, language, 5000) if language is not None else None
    snapshot = Snapshot(
        uri=f"file:///{path or 'sample'}",
        path=path,
        language_id=language_id,
        language=language,
        version=1,
        document=document,
        tree=tree,
        cells_before=cells_before,
    )
    return snapshot, offset
