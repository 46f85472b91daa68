"""The process that keeps one workspace's index: `python -m mendline.workspace.index ROOT`.

It is started by a language server, told of changes on its standard input, and ends with it. Of several for one
workspace the one that holds the lock works and the others wait to take over. It parses text; nothing is executed.
"""

from __future__ import annotations

import argparse
import logging
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from mendline.workspace.index.builder import Builder
from mendline.workspace.index.once import IndexBusy, builder_of
from mendline.workspace.index.orders import Orders
from mendline.workspace.index.place import IndexUnavailable, forget_old, place_of
from mendline.workspace.index.priority import lower_priority

REPLACED: Final = 3
"""Exit status: the database was removed or is damaged, and another process shall make it anew."""

_TAKE_OVER_SECONDS: Final = 2.0

log = logging.getLogger("mendline.index")


@frozen
class Pace:
    """How often all files are looked at again, by whether the editor tells of changes.

    Attributes:
        watched_seconds, unwatched_seconds: between two looks.
        share: at most this share of the time goes into looks.
        check_seconds: between two looks at whether the database is still there.
    """

    watched_seconds: float = 300.0
    unwatched_seconds: float = 60.0
    share: float = 0.02
    check_seconds: float = 15.0

    def after(self, seconds: float, *, watched: bool) -> float:
        """How long to wait after a look that took `seconds`."""
        return max(self.watched_seconds if watched else self.unwatched_seconds, seconds / self.share)


@define
class Keeping:
    """The loop of the process: look at everything, then at what changed, then at everything again."""

    builder: Builder
    orders: Orders
    watched: bool = False
    pace: Pace = field(factory=Pace)
    clock: Callable[[], float] = time.monotonic

    def run(self) -> int:
        """Keep the index until there are no more orders; return the exit status."""
        identity = _identity(self.builder.place.database)
        while not self.orders.ended():
            start = self.clock()
            if not self._look_at_all():
                continue
            end = self.clock() + self.pace.after(self.clock() - start, watched=self.watched)
            while not self.orders.ended() and (left := end - self.clock()) > 0:
                told = self.orders.wait(min(left, self.pace.check_seconds))
                if _identity(self.builder.place.database) != identity:
                    return REPLACED
                if told and not self._look_at(self.orders.take()):
                    break
        return 0

    def _look_at_all(self) -> bool:
        """Look at everything; False when that was broken off."""
        for _ in self.builder.look_at_all():
            if self.orders.ended() or not self._look_at(self.orders.take()):
                return False
        return True

    def _look_at(self, paths: Sequence[str]) -> bool:
        root = self.builder.root
        places = [_without_links(path) for path in paths]
        inside = [path.relative_to(root).as_posix() for path in places if path.is_relative_to(root)]
        return not inside or self.builder.look_at(inside)


def main(arguments: Sequence[str]) -> int:
    """Run the process and return its exit status."""
    parser = argparse.ArgumentParser(prog="mendline.workspace.index")
    parser.add_argument("root", type=Path)
    parser.add_argument("--watched", action="store_true")
    parser.add_argument("--eager", action="store_true")
    parser.add_argument("--exclude", action="append", default=[])
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    if not options.eager:
        lower_priority()
    orders = Orders()
    threading.Thread(target=orders.listen, args=(sys.stdin.buffer,), name="orders", daemon=True).start()
    try:
        return keep(options.root, tuple(options.exclude), orders, watched=options.watched)
    except IndexUnavailable as error:
        log.warning("%s", error)
        return 0
    except sqlite3.Error as error:
        log.warning("the index can't be written: %s", error)
        return REPLACED


def keep(root: Path, exclude: tuple[str, ...], orders: Orders, *, watched: bool) -> int:
    """Keep a workspace's index, as soon as no other process does, until there are no more orders.

    Raises:
        IndexUnavailable: the workspace can't have one.
        sqlite3.Error: the database can't be written.
    """
    # Whoever started this process has made the folder. Where it is gone again, nobody wants an index any more.
    while not orders.ended() and place_of(root).folder.is_dir():
        try:
            with builder_of(root, exclude) as builder:
                forget_old()
                return Keeping(builder, orders, watched).run()
        except IndexBusy:
            # Another editor's process keeps it, and may end before this one does.
            orders.wait_for_end(_TAKE_OVER_SECONDS)
    return 0


def _identity(database: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(database)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _without_links(path: str) -> Path:
    """A file's path with links to its folder resolved, as the builder's root is; a link to the file itself stays."""
    folder, name = os.path.split(path)
    return Path(os.path.realpath(folder), name)
