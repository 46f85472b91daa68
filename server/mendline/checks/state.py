"""The state of a project's files, without reading them: names, sizes and dates."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from mendline.workspace.ignoring import IgnoreRules

LINKED: Final = frozenset({"node_modules", ".venv", "venv", "vendor"})
"""Folders of what is installed: tools need them, nobody edits them, and they are large."""

_MOST_FOLDERS: Final = 20_000


@frozen
class Listed:
    """A file or a folder of a project.

    Attributes:
        path: from the root, with forward slashes.
        is_folder: for a folder of `LINKED`; other folders aren't listed, what is in them is.
        size: in bytes.
        mtime: in nanoseconds.
        mode: as in `stat`.
    """

    path: str
    is_folder: bool
    size: int
    mtime: int
    mode: int


def listing(root: Path) -> Iterator[Listed]:
    """The files of a project that aren't ignored, and its folders of what is installed; other links are left out."""
    rules = IgnoreRules(root)
    pending = [""]
    entered = 0
    while pending and entered < _MOST_FOLDERS:
        entered += 1
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(status.st_mode):
                if entry.name in LINKED:
                    yield Listed(path, True, 0, 0, status.st_mode)
                elif not rules.skips(path):
                    pending.append(path)
            elif stat.S_ISLNK(status.st_mode) and entry.name in LINKED and entry.is_dir():
                yield Listed(path, True, 0, status.st_mtime_ns, status.st_mode)
            elif stat.S_ISREG(status.st_mode) and rules.why(path) is None:
                yield Listed(path, False, status.st_size, status.st_mtime_ns, status.st_mode)


def state_of(root: Path) -> str:
    """A text that changes when a file of the project does, by its name, size or date."""
    digest = hashlib.sha256()
    for each in listing(root):
        digest.update(f"{each.path}\0{each.size}\0{each.mtime}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
