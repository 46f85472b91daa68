"""The state of a project's files, without reading them: names, sizes and dates."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import define, field, frozen

from mendline.workspace.ignoring import IGNORE_FILES, IgnoreRules

LINKED: Final = frozenset({"node_modules", ".venv", "venv", "vendor"})
"""Folders of what is installed: tools need them, nobody edits them, and they are large."""

_MOST_FOLDERS: Final = 20_000
_MOST_FILES: Final = 50_000
_MOST_PROJECTS: Final = 8
_REMEMBERED_SECONDS: Final = 60.0


@frozen
class Listed:
    """A file or a folder of a project.

    Attributes:
        path: from the root, with forward slashes.
        is_folder: for a folder of `LINKED`, or a link that stands for one; of other folders what is in them is listed.
        size: in bytes.
        mtime: in nanoseconds.
        mode: as in `stat`.
    """

    path: str
    is_folder: bool
    size: int
    mtime: int
    mode: int


@define(eq=False)
class Rules:
    """What is ignored in a project, remembered from one look to the next: to ask takes longer than to look.

    Attributes:
        root: the project's folder.
        clock: in seconds.
    """

    root: Path
    clock: Callable[[], float] = time.monotonic
    _rules: IgnoreRules = field(init=False)
    _verdicts: dict[str, bool] = field(factory=dict, init=False)
    _files: frozenset[Listed] | None = field(default=None, init=False)
    _made: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._forget()

    def listing(self) -> list[Listed]:
        """As the function of this name."""
        if self.clock() - self._made > _REMEMBERED_SECONDS:
            self._forget()
        found, files = self._walk()
        if self._files is not None and files != self._files:
            self._forget()
            found, files = self._walk()
        self._files = files
        return found

    def _forget(self) -> None:
        self._rules, self._verdicts, self._files, self._made = IgnoreRules(self.root), {}, None, self.clock()

    def _walk(self) -> tuple[list[Listed], frozenset[Listed]]:
        """What there is, and the ignore files that were met."""
        found: list[Listed] = []
        files: set[Listed] = set()
        pending = [""]
        entered = 0
        while pending and entered < _MOST_FOLDERS and len(found) < _MOST_FILES:
            entered += 1
            for listed in _entries(self.root, pending.pop()):
                name = PurePosixPath(listed.path).name
                if name in IGNORE_FILES:
                    files.add(listed)
                if not stat.S_ISDIR(listed.mode) or name in LINKED:
                    found += [] if self._ignores(listed) else [listed]
                elif not self._rules.skips(listed.path):
                    pending.append(listed.path)
        return found, frozenset(files)

    def _ignores(self, listed: Listed) -> bool:
        if listed.is_folder:
            return False
        known = self._verdicts.get(listed.path)
        if known is None:
            known = self._verdicts[listed.path] = self._rules.why(listed.path) is not None
        return known


_RULES: Final[dict[Path, Rules]] = {}


def listing(root: Path) -> list[Listed]:
    """The files of a project that aren't ignored, and its folders of what is installed; other links are left out.

    A change to an ignore file above the project is seen within a minute, all others at once.
    """
    rules = _RULES.pop(root, None) or Rules(root)
    _RULES[root] = rules  # the last one is the one used last
    for old in list(_RULES)[:-_MOST_PROJECTS]:
        _RULES.pop(old, None)
    return rules.listing()


def state_of(root: Path) -> str:
    """A text that changes when a file of the project does, by its name, size or date."""
    digest = hashlib.sha256()
    for each in listing(root):
        digest.update(f"{each.path}\0{each.size}\0{each.mtime}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _entries(root: Path, folder: str) -> Iterator[Listed]:
    """The files and folders in a folder; of links only those that stand for a folder of `LINKED`."""
    try:
        with os.scandir(root / folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        try:
            status = entry.stat(follow_symlinks=False)
            is_installed = entry.name in LINKED and entry.is_dir()
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode):
            yield Listed(path, is_installed, 0, 0, status.st_mode)
        elif stat.S_ISREG(status.st_mode) or is_installed:
            yield Listed(path, is_installed, status.st_size, status.st_mtime_ns, status.st_mode)
