"""Folders for what checks make: one that goes with the process, and one that stays for all projects.

A process that is killed leaves its folder behind. It held a lock in it for life, so the next one knows, and removes it.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import filelock
import platformdirs
from attrs import frozen

from mendline.workspace.index.place import DIRECTORY_VARIABLE

_PREFIX: Final = "mendline-scratch-"
_LOCK: Final = "lock"
_YOUNG_SECONDS: Final = 60.0
"""A folder may have been made just now, and its lock not yet be held."""


@frozen
class Scratch:
    """A folder that only the user can read.

    Attributes:
        folder: the folder.
    """

    folder: Path
    _lock: filelock.BaseFileLock

    @classmethod
    def make(cls) -> Scratch:
        """Make one, and begin to remove those of processes that are gone, in a thread.

        Raises:
            OSError: there is no room for it.
        """
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = filelock.FileLock(folder / _LOCK, mode=0o600, thread_local=False)
        lock.acquire()
        threading.Thread(target=remove_orphans, args=(folder.parent,), daemon=True).start()
        return cls(folder, lock)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)


def remove_orphans(parent: Path, clock: Callable[[], float] = time.time) -> None:
    """Remove the folders of processes that are gone.

    Args:
        parent: where they are.
        clock: in seconds since 1970.
    """
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            found = folder.lstat()
            is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
            if not is_own or clock() - found.st_mtime < _YOUNG_SECONDS:
                continue
            with filelock.FileLock(folder / _LOCK, mode=0o600, blocking=False):
                shutil.rmtree(folder, ignore_errors=True)
        except (OSError, filelock.Timeout):
            continue


def lasting_folder() -> Path:
    """A folder of the user's for what tools make and can use in all projects; `MENDLINE_STATE_DIR` moves it."""
    moved = os.environ.get(DIRECTORY_VARIABLE)
    return (Path(moved) if moved else platformdirs.user_cache_path("mendline", appauthor=False)) / "checks"
