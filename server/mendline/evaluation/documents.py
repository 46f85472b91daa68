"""Documents that are open in no editor, as the pipeline gets them."""

from __future__ import annotations

from pathlib import Path

from mendline.syntax.languages import Language
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.store import Snapshot

# An evaluation can wait for a big file's parse; a keystroke could not.
_PARSE_BUDGET_MS = 5000


def snapshot_of(text: str, path: Path, language: Language) -> Snapshot:
    """Return a text as the document of a path, parsed; it need not be what the file holds."""
    document = Document.of(text)
    return Snapshot(
        uri=path.absolute().as_uri(),
        path=str(path.absolute()),
        language_id=language.id,
        language=language,
        version=None,
        document=document,
        tree=Tree.parse(document, language, _PARSE_BUDGET_MS),
    )
