"""Putting files into the database, and taking them out."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Final

from attrs import define, field, frozen

from mendline.workspace.index.database import is_searchable
from mendline.workspace.index.entries import Entry
from mendline.workspace.index.model import Definition
from mendline.workspace.index.state import IndexState
from mendline.workspace.index.walking import Source
from mendline.workspace.index.words import words_of

_STATE: Final = "state"
_MERGED_PAGES: Final = 500
_NESTED: Final = 8
_VALUE: Final = 4
_TEST: Final = 2


@frozen
class Stamp:
    """A file as it was when it was put in.

    Attributes:
        id: its row.
        digest: of its content.
        reason: why nothing is kept of it; None where something is.
    """

    id: int
    mtime: int
    size: int
    digest: bytes
    reason: str | None

    def fits(self, source: Source) -> bool:
        """Whether the file looks as it did."""
        return (self.mtime, self.size) == (source.mtime, source.size)


@define
class IndexWriter:
    """The one writer of a database. Changes are seen by readers after `commit`.

    Attributes:
        searchable: whether passages are kept.
        definitions, passages: how many there are.
        stamps: the files, by path.
    """

    connection: sqlite3.Connection
    searchable: bool = field(init=False)
    definitions: int = field(init=False)
    passages: int = field(init=False)
    stamps: dict[str, Stamp] = field(init=False)
    _words: Counter[str] = field(factory=Counter, init=False)
    _open: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.searchable = is_searchable(self.connection)
        self.definitions, self.passages = self._count("definitions"), self._count("passages")
        rows = self.connection.execute("SELECT path, id, mtime, size, digest, reason FROM files")
        self.stamps = {path: Stamp(*row) for path, *row in rows}

    def put(self, source: Source, digest: bytes, entry: Entry | None, reason: str | None = None) -> None:
        """Keep a file in place of what was kept of it.

        Args:
            source: the file.
            digest: of its content.
            entry: what is kept; None to note only that nothing is, for a `reason`.
            reason: why nothing is kept.
        """
        self._begin()
        old = self.stamps.get(source.path)
        if old is not None:
            self._empty(old.id)
        row = (source.path, source.mtime, source.size, digest, source.language.id, reason)
        file = self.connection.execute(
            "INSERT INTO files(path, mtime, size, digest, language, reason) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT(path) DO UPDATE SET mtime = excluded.mtime, size = excluded.size,"
            " digest = excluded.digest, language = excluded.language, reason = excluded.reason RETURNING id",
            row,
        ).fetchone()[0]
        if entry is not None:
            self._fill(file, source.path, entry)
        self.stamps[source.path] = Stamp(file, source.mtime, source.size, digest, reason)

    def touch(self, source: Source) -> None:
        """Note that a file has another date and the same content."""
        self._begin()
        old = self.stamps[source.path]
        self.connection.execute(
            "UPDATE files SET mtime = ?, size = ? WHERE id = ?", (source.mtime, source.size, old.id)
        )
        self.stamps[source.path] = Stamp(old.id, source.mtime, source.size, old.digest, old.reason)

    def remove(self, path: str) -> None:
        """Forget a file; one that is not known is no error."""
        old = self.stamps.pop(path, None)
        if old is not None:
            self._begin()
            self._empty(old.id)
            self.connection.execute("DELETE FROM files WHERE id = ?", (old.id,))

    def commit(self, state: IndexState) -> None:
        """Let readers see what was done, and where the index stands."""
        self._begin()
        self.connection.executemany(
            "INSERT INTO words VALUES (?, ?) ON CONFLICT(word) DO UPDATE SET passages = passages + excluded.passages",
            [(word, number) for word, number in sorted(self._words.items()) if number],
        )
        self._words.clear()
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_STATE, state.dumps()))
        self.connection.execute("COMMIT")
        self._open = False

    def tidy(self) -> Iterator[None]:
        """Bring the search table into the form in which it is searched fastest, in steps; after many changes."""
        self.connection.execute("DELETE FROM words WHERE passages <= 0")
        pages = -_MERGED_PAGES  # a negative number begins a merge of everything (sqlite.org/fts5.html, "merge")
        more = self.searchable
        while more:
            before = self.connection.total_changes
            self.connection.execute("INSERT INTO search(search, rank) VALUES ('merge', ?)", (pages,))
            pages = _MERGED_PAGES
            # The statement itself counts as one change.
            more = self.connection.total_changes - before > 1
            yield
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _count(self, table: str) -> int:
        return int(self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a constant

    def _begin(self) -> None:
        if not self._open:
            self.connection.execute("BEGIN IMMEDIATE")
            self._open = True

    def _empty(self, file: int) -> None:
        self.definitions -= self.connection.execute("DELETE FROM definitions WHERE file = ?", (file,)).rowcount
        if self.searchable:
            kept = self.connection.execute("SELECT id, head, text FROM passages WHERE file = ?", (file,)).fetchall()
            gone = [(row, _words(head, text)) for row, head, text in kept]
            self.connection.executemany("INSERT INTO search(search, rowid, words) VALUES ('delete', ?, ?)", gone)
            for _, words in gone:
                self._words.subtract(set(words.split()))
        self.passages -= self.connection.execute("DELETE FROM passages WHERE file = ?", (file,)).rowcount

    def _fill(self, file: int, path: str, entry: Entry) -> None:
        self.connection.executemany(
            "INSERT INTO definitions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (file, each.name, _rank(each, path), each.kind, each.container, each.signature, each.doc, each.line)
                for each in entry.definitions
            ],
        )
        self.definitions += len(entry.definitions)
        if not self.searchable:
            return
        self.passages += len(entry.texts)
        for text in entry.texts:
            row = self.connection.execute(
                "INSERT INTO passages(file, line, head, text) VALUES (?, ?, ?, ?)",
                (file, text.line, text.head, text.text),
            ).lastrowid
            words = _words(text.head, text.text)
            self.connection.execute("INSERT INTO search(rowid, words) VALUES (?, ?)", (row, words))
            self._words.update(set(words.split()))


def _words(head: str, text: str) -> str:
    return " ".join(words_of(f"{head} {text}"))


def _rank(definition: Definition, path: str) -> int:
    """Of definitions with the same name, which is likelier meant: a low number comes first."""
    value = definition.kind in ("variable", "constant")
    return _NESTED * bool(definition.container) + _VALUE * value + _TEST * ("test" in path.lower())
