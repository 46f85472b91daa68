"""From a text on disk, or on standard input, to the snapshot a feature works on."""

from __future__ import annotations

import sys
from pathlib import Path

from attrs import frozen

from mendline.checks.check import Project
from mendline.settings.errors import MendlineError
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.store import Snapshot
from mendline.workspace.trust import TrustedFolders

# A command line can wait for a big file's parse; a keystroke could not.
_PARSE_BUDGET_MS = 5000
_BYTE_ORDER_MARK = "\ufeff"
_ROOT_MARKS = (".mendline.toml", ".git")


class SourceError(MendlineError):
    """A file that cannot be read, or a place that is not in it."""


@frozen
class Source:
    """A text ready to work on.

    Attributes:
        snapshot: the document with its language and tree.
        notes: sentences for the user on what was done to read it.
    """

    snapshot: Snapshot
    notes: tuple[str, ...] = ()


def read_source(path: Path, language_id: str = "", *, from_stdin: bool = False) -> Source:
    """Read a file, or take the text of an editor's buffer for it from standard input.

    The text is taken as UTF-8 without a byte order mark; bytes that are not UTF-8 become U+FFFD, with a note.

    Raises:
        SourceError: it cannot be read.
    """
    notes: list[str] = []
    raw = sys.stdin.buffer.read() if from_stdin else _read(path)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
        notes.append(f"{path} is not UTF-8 throughout; the bytes that are not were replaced")
    return Source(snapshot(text.removeprefix(_BYTE_ORDER_MARK), path, language_id), tuple(notes))


def snapshot(text: str, path: Path, language_id: str = "") -> Snapshot:
    """Make a snapshot of a text that is not open in any editor."""
    language = language_of(language_id, str(path))
    document = Document.of(text)
    return Snapshot(
        uri=path.absolute().as_uri(),
        path=str(path.absolute()),
        language_id=language.id if language else language_id or "plaintext",
        language=language,
        version=None,
        document=document,
        tree=Tree.parse(document, language, _PARSE_BUDGET_MS) if language else None,
    )


def offset_of(document: Document, line: int, column: int) -> int:
    """Turn a line and a column, both counted from 1 and the column in characters, into an offset.

    Raises:
        SourceError: there is no such place; the message says which there are.
    """
    if not 1 <= line <= document.line_count:
        raise SourceError(f"there is no line {line}: the file's lines are 1 to {document.line_count}")
    start, end = document.line_start(line - 1), document.line_end(line - 1)
    if not 1 <= column <= end - start + 1:
        raise SourceError(f"line {line} has no column {column}: its columns are 1 to {end - start + 1}")
    return start + column - 1


def place_of(document: Document, offset: int) -> tuple[int, int]:
    """Turn an offset into a line and a column, both counted from 1 and the column in characters."""
    line = document.line_at(offset)
    return line + 1, offset - document.line_start(line) + 1


def project_at(root: Path) -> Project:
    """Return a folder as a project, trusted or not as the user has said."""
    return Project(root, TrustedFolders.of_user().holds(root))


def workspace_root(path: Path) -> Path:
    """Return the nearest folder upwards that has settings or a repository in it; else the file's own."""
    folder = path.absolute().parent
    for candidate in (folder, *folder.parents):
        if any((candidate / mark).exists() for mark in _ROOT_MARKS):
            return candidate
    return folder


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise SourceError(f"{path} is a folder, not a file") from None
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from None
