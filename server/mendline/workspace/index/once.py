"""Bringing an index up to date in this process, once: for the command line and for measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from mendline.text.secrets import mask
from mendline.workspace.index.builder import Builder
from mendline.workspace.index.database import open_for_writing
from mendline.workspace.index.place import IndexUnavailable, check_root, place_of
from mendline.workspace.index.state import IndexState
from mendline.workspace.index.writer import IndexWriter


class IndexBusy(IndexUnavailable):
    """A language server keeps this index already."""


def update_once(
    root: Path, exclude: tuple[str, ...], on_step: Callable[[IndexState], None], lock_seconds: float = 0.0
) -> IndexState:
    """Look at all files of a workspace.

    Args:
        root: its folder.
        exclude: the user's `privacy.exclude`.
        on_step: called a few times a second.
        lock_seconds: how long to wait for another process that keeps the index.

    Raises:
        IndexBusy: another process keeps the index.
        IndexUnavailable: the workspace can't have one.
        sqlite3.Error: the database can't be written.
    """
    with builder_of(root, exclude, lock_seconds) as builder:
        for _ in builder.look_at_all():
            on_step(builder.state)
        return builder.state


@contextmanager
def builder_of(root: Path, exclude: tuple[str, ...], lock_seconds: float = 0.0) -> Iterator[Builder]:
    """The one builder of a workspace's index, as long as the context lasts.

    Raises:
        IndexBusy: another process had it for all of `lock_seconds`.
        IndexUnavailable: the workspace can't have one.
        sqlite3.Error: the database can't be written.
    """
    root = check_root(root)
    place = place_of(root)
    place.make()
    try:
        with place.builder_lock().acquire(timeout=lock_seconds):
            connection = open_for_writing(place, root)
            try:
                yield Builder(root, place, IndexWriter(connection), mask, exclude)
            finally:
                connection.close()
    except filelock.Timeout:
        raise IndexBusy(f"The index of {root} is kept by a language server that runs.") from None
