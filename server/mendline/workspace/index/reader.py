"""Asking the database: short queries on a connection of one's own, opened when first needed."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import define, field

from mendline.workspace.index.database import is_searchable, open_for_reading
from mendline.workspace.index.model import Definition, Passage
from mendline.workspace.index.place import IndexPlace, place_of
from mendline.workspace.index.state import IndexState
from mendline.workspace.index.words import asked_words, parts_of

_MOST_NAMES: Final = 64
_MOST_ASKED: Final = 64
_MOST_WORDS: Final = 16
# What a search may cost is the number of passages that have one of its words.
_MOST_PASSAGES: Final = 1_000
_MOST_USING: Final = 5_000
_COLUMNS: Final = (
    "d.name, d.kind, d.container, d.signature, d.doc, f.path, d.line, f.language FROM definitions d"
    " JOIN files f ON f.id = d.file"
)


@define
class StoredIndex:
    """The index of one workspace as it is on disk; empty while there is none. For use from any thread.

    A query never waits for the writer. A database that can't be read, or was replaced, is opened anew at the next one.
    """

    place: IndexPlace
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)
    _connection: sqlite3.Connection | None = field(default=None, init=False, repr=False)
    _identity: tuple[int, int] | None = field(default=None, init=False, repr=False)
    _searchable: bool = field(default=False, init=False, repr=False)

    @classmethod
    def of(cls, root: Path) -> StoredIndex:
        """The index of the workspace at `root`."""
        return cls(place_of(root))

    def definitions(self, names: Collection[str], *, limit: int = 20) -> tuple[Definition, ...]:
        """As `SymbolIndex`."""
        asked = list(dict.fromkeys(names))[:_MOST_NAMES]
        query = f"SELECT d.rank, {_COLUMNS} WHERE d.name = ? ORDER BY d.rank LIMIT ?"
        found = [row for name in asked for row in self._rows(query, (name, limit))]
        # Sorting is stable: of equal rank those come first that were asked for first.
        return tuple(Definition(*row[1:]) for row in sorted(found, key=lambda row: row[0])[:limit])

    def in_file(self, path: str) -> tuple[Definition, ...]:
        """As `SymbolIndex`."""
        query = f"SELECT {_COLUMNS} WHERE f.path = ? ORDER BY d.rowid"
        return tuple(Definition(*row) for row in self._rows(query, (path,)))

    def search(self, words: Sequence[str], *, limit: int = 8, exclude: str = "") -> tuple[Passage, ...]:
        """As `SymbolIndex`. Words that are in very many passages don't count."""
        return self._passages(_any_of(self._telling(asked_words(words[:_MOST_ASKED]), _MOST_PASSAGES)), limit, exclude)

    def using(self, name: str, near: Sequence[str] = (), *, limit: int = 8, exclude: str = "") -> tuple[Passage, ...]:
        """As `SymbolIndex`."""
        asked = self._telling(parts_of(name)[:1], _MOST_USING)
        if not asked:
            return ()
        others = self._telling(asked_words(near[:_MOST_ASKED]), _MOST_PASSAGES)
        # All of them have the name; each word that they share besides raises their rank.
        return self._passages(f"{_any_of(asked)} AND ({_any_of([*asked, *others])})", limit, exclude)

    def knows(self, name: str) -> bool:
        """As `SymbolIndex`."""
        return bool(self._rows("SELECT 1 FROM definitions WHERE name = ? LIMIT 1", (name,)))

    def state(self) -> IndexState | None:
        """Where the index stands; None without one."""
        rows = self._rows("SELECT value FROM meta WHERE name = 'state'", ())
        return IndexState.loads(rows[0][0]) if rows else None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._drop()

    def _passages(self, asked: str, limit: int, exclude: str) -> tuple[Passage, ...]:
        """The passages that a question of FTS5 finds, the best first; none for an empty one."""
        if not asked or not self._searchable:
            return ()
        # A file's passages are put in together, so their numbers are neighbours.
        own = "SELECT min(p.id), max(p.id) FROM passages p JOIN files f ON f.id = p.file WHERE f.path = ?"
        first, last = next(iter(self._rows(own, (exclude,)) if exclude else ()), (None, None))
        best = self._rows(
            "SELECT rowid, rank FROM search WHERE search MATCH ? AND rowid NOT BETWEEN ? AND ? ORDER BY rank LIMIT ?",
            (asked, -1 if first is None else first, -1 if last is None else last, limit),
        )
        found = [
            Passage(path, line, text, -rank)
            for row, rank in best
            for path, line, text in self._rows(
                "SELECT f.path, p.line, p.text FROM passages p JOIN files f ON f.id = p.file WHERE p.id = ?", (row,)
            )
        ]
        return tuple(found)

    def _telling(self, words: tuple[str, ...], most_passages: int) -> list[str]:
        """The rarest of some words, as many as a search can afford."""
        marks = ",".join("?" * len(words))
        query = f"SELECT passages, word FROM words WHERE word IN ({marks}) AND passages > 0"  # noqa: S608 - marks
        chosen: list[str] = []
        total = 0
        for number, word in sorted(self._rows(query, words)):
            total += number
            if total > most_passages or len(chosen) == _MOST_WORDS:
                break
            chosen.append(word)
        return chosen

    def _rows(self, query: str, values: Sequence[object]) -> list[Any]:
        with self._lock:
            try:
                connection = self._opened()
                return [] if connection is None else connection.execute(query, values).fetchall()
            except (sqlite3.Error, UnicodeError):  # damaged, or a lone surrogate was asked for
                self._drop()
                return []

    def _opened(self) -> sqlite3.Connection | None:
        try:
            status = os.stat(self.place.database)
        except OSError:
            self._drop()
            return None
        identity = (status.st_dev, status.st_ino)
        if self._connection is None or identity != self._identity:
            self._drop()
            self._connection = open_for_reading(self.place.database)
            self._identity = identity
            self._searchable = is_searchable(self._connection)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _any_of(words: Sequence[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)
