"""The source files of a workspace: near the root first, bounded in number and time."""

from __future__ import annotations

import os
import stat
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from mendline.syntax.languages import LANGUAGES, Language, language_of
from mendline.syntax.queries import has_query
from mendline.workspace.ignoring import IgnoreRules
from mendline.workspace.reading import MOST_BYTES, is_made_name

IGNORED: Final = "ignored"
TOO_LARGE: Final = "too large"
GENERATED: Final = "generated"
TOO_MANY: Final = "beyond the limit"
NOT_REACHED: Final = "folders not reached"


@frozen
class Limits:
    """How much of a workspace is looked at.

    Attributes:
        files: source files.
        file_bytes: of one file; larger ones are left out.
        total_bytes: of all files.
        walk_seconds: for finding them; what is done with them doesn't count.
        folders: how many are entered.
    """

    files: int = 50_000
    file_bytes: int = MOST_BYTES
    total_bytes: int = 2 * 2**30
    walk_seconds: float = 300.0
    folders: int = 100_000


@frozen
class Source:
    """A source file as the disk lists it.

    Attributes:
        path: from the root, with forward slashes.
        mtime: in nanoseconds.
        size: in bytes.
    """

    path: str
    mtime: int
    size: int
    language: Language


@define
class Walk:
    """One look at a workspace's files; `sources` is to be run through once.

    Attributes:
        left_out: what was met and is no source of the index, by reason; ignored folders count as one.
        complete: whether everything was met; known at the end.
    """

    root: Path
    rules: IgnoreRules
    limits: Limits = field(factory=Limits)
    clock: Callable[[], float] = time.monotonic
    left_out: Counter[str] = field(factory=Counter, init=False)
    complete: bool = field(default=False, init=False)

    def sources(self) -> Iterator[Source]:
        """The sources, folder by folder. What is done with them meanwhile does not count as time of the walk."""
        pending = deque([""])
        entered = files = total = 0
        left = self.limits.walk_seconds
        while pending and entered < self.limits.folders and left > 0:
            entered += 1
            start = self.clock()
            found = list(self._entries(pending.popleft(), pending))
            left -= self.clock() - start
            for source in found:
                files, total = files + 1, total + source.size
                if files > self.limits.files or total > self.limits.total_bytes:
                    self.left_out[TOO_MANY] += 1
                    continue
                yield source
        if pending:
            self.left_out[NOT_REACHED] = len(pending)
        self.complete = not pending and not self.left_out[TOO_MANY]

    def source(self, path: str) -> Source | None:
        """One file, if it is a source of the index as it is now.

        Args:
            path: from the root, with forward slashes.
        """
        language = indexed_language(path)
        if language is None or is_made_name(path) or self.rules.why(path) is not None:
            return None
        try:
            found = os.lstat(self.root / path)
        except (OSError, ValueError):
            return None
        regular = stat.S_ISREG(found.st_mode) and found.st_size <= self.limits.file_bytes
        return Source(path, found.st_mtime_ns, found.st_size, language) if regular else None

    def _entries(self, folder: str, pending: deque[str]) -> Iterator[Source]:
        try:
            with os.scandir(self.root / folder) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                if entry.is_symlink():
                    continue  # what it leads to is met where it is, or is not of this workspace
                if entry.is_dir(follow_symlinks=False):
                    if self.rules.skips(path):
                        self.left_out[IGNORED] += 1
                    else:
                        pending.append(path)
                elif (source := self._met(path, entry)) is not None:
                    yield source
            except OSError:
                continue

    def _met(self, path: str, entry: os.DirEntry[str]) -> Source | None:
        language = indexed_language(entry.name)
        if language is None or not entry.is_file(follow_symlinks=False):
            return None
        if is_made_name(path):
            self.left_out[GENERATED] += 1
            return None
        if self.rules.why(path) is not None:
            self.left_out[IGNORED] += 1
            return None
        status = entry.stat(follow_symlinks=False)
        if status.st_size > self.limits.file_bytes:
            self.left_out[TOO_LARGE] += 1
            return None
        return Source(path, status.st_mtime_ns, status.st_size, language)


def indexed_language(name: str) -> Language | None:
    """The language of a file by its name, if its definitions can be found."""
    language = language_of("", name)
    return language if language is not None and _has_outline(language) else None


def indexed_extensions() -> tuple[str, ...]:
    """The endings of the files that are indexed, with the dot."""
    return tuple(ending for each in LANGUAGES if _has_outline(each) for ending in each.extensions)


@cache
def _has_outline(language: Language) -> bool:
    return has_query(language, "outline")
