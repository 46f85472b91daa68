"""The SQLite file: its tables, and how it is opened for writing and for reading.

A file of another schema, of another workspace, or that is damaged is thrown away; it can be made again from the
workspace at any time. Passages are searched by a contentless FTS5 table, whose rows are taken out by the words they
were put in with: `words_of` the passage's head and text, so a change of that function needs another `SCHEMA`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from pathlib import Path
from typing import Final
from urllib.parse import quote

from mendline.workspace.index.place import IndexPlace

SCHEMA: Final = 2
"""Raised when tables, outlines or words change; what others have kept is then made anew."""

_BUSY_SECONDS: Final = 5.0
_READ_SECONDS: Final = 0.05
_CACHE_KIB: Final = 16_384
_WAL_BYTES: Final = 16 * 2**20

_TABLES: Final = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files(
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, mtime INTEGER NOT NULL, size INTEGER NOT NULL,
    digest BLOB NOT NULL, language TEXT NOT NULL, reason TEXT
);
CREATE TABLE definitions(
    file INTEGER NOT NULL, name TEXT NOT NULL, rank INTEGER NOT NULL, kind TEXT NOT NULL, container TEXT NOT NULL,
    signature TEXT NOT NULL, doc TEXT NOT NULL, line INTEGER NOT NULL
);
CREATE INDEX definitions_by_name ON definitions(name, rank);
CREATE INDEX definitions_by_file ON definitions(file);
CREATE TABLE passages(
    id INTEGER PRIMARY KEY, file INTEGER NOT NULL, line INTEGER NOT NULL, head TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX passages_by_file ON passages(file);
CREATE TABLE words(word TEXT PRIMARY KEY, passages INTEGER NOT NULL) WITHOUT ROWID;
"""
_SEARCH: Final = """
CREATE VIRTUAL TABLE search USING fts5(words, content='', tokenize="unicode61 remove_diacritics 0 tokenchars '_'")
"""


def open_for_writing(place: IndexPlace, root: Path) -> sqlite3.Connection:
    """Open a workspace's database, made anew where what is there can't be used.

    Raises:
        OSError: the folder can't be written.
        sqlite3.Error: SQLite can't be used there.
    """
    for again in (False, True):
        if again:
            place.clear()
        # Made before SQLite does, so that it is the user's alone.
        os.close(os.open(place.database, os.O_RDWR | os.O_CREAT, stat.S_IRUSR | stat.S_IWUSR))
        os.utime(place.database)  # it is in use again, which `forget_old` goes by
        connection = _connect(str(place.database), _BUSY_SECONDS)
        try:
            if _prepared(connection, root):
                return connection
        except sqlite3.DatabaseError:
            if again:
                connection.close()
                raise
        connection.close()
    raise sqlite3.DatabaseError("the database can't be made anew")


def open_for_reading(database: Path) -> sqlite3.Connection:
    """Open a database for short queries from any thread, one at a time.

    Raises:
        sqlite3.Error: there is none that can be read.
    """
    connection = _connect(f"file:{quote(str(database))}?mode=ro", _READ_SECONDS)
    try:
        found = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        if found != (str(SCHEMA),):
            raise sqlite3.DatabaseError("the index is of another version of Mendline")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def is_searchable(connection: sqlite3.Connection) -> bool:
    """Whether there is a table to search passages in."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'search'").fetchone() is not None


def _connect(name: str, seconds: float) -> sqlite3.Connection:
    return sqlite3.connect(
        name, timeout=seconds, isolation_level=None, check_same_thread=False, uri=name.startswith("file:")
    )


def _prepared(connection: sqlite3.Connection, root: Path) -> bool:
    """Make the tables where there are none; False for a database that has to be thrown away."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    # What is taken out of the index is not to be read in the file either.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
    about = {"schema": str(SCHEMA), "root": str(root)}
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        connection.executescript(_TABLES)
        # A SQLite without FTS5 still finds definitions.
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute(_SEARCH)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", about.items())
        return True
    found = dict(connection.execute("SELECT name, value FROM meta"))
    intact = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    return intact and all(found.get(name) == value for name, value in about.items())
