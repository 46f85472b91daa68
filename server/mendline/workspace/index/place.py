"""Where the indexes are: one folder a workspace in the user's cache, that only the user can read."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import time
from pathlib import Path
from typing import Final

import filelock
import platformdirs
from attrs import frozen

from mendline.settings.errors import MendlineError

DIRECTORY_VARIABLE: Final = "MENDLINE_STATE_DIR"
_FORGOTTEN_SECONDS: Final = 60 * 24 * 3600


class IndexUnavailable(MendlineError):
    """A workspace can't have an index; the message says why."""


@frozen
class IndexPlace:
    """The folder of one workspace's index.

    Attributes:
        folder: may be missing.
    """

    folder: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "index.db"

    @property
    def attempt(self) -> Path:
        """Names the file that is being parsed, so that one that crashes a grammar is known to the next try."""
        return self.folder / "attempt"

    @property
    def log(self) -> Path:
        """What the builder says of itself."""
        return self.folder / "builder.log"

    def builder_lock(self) -> filelock.FileLock:
        """The lock that the one builder of the workspace holds for life."""
        return filelock.FileLock(self.folder / "builder.lock", mode=0o600)

    def make(self) -> None:
        """Make the folder.

        Raises:
            IndexUnavailable: it can't be made, or someone else could write to it.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = self.folder.stat()
        except OSError as error:
            raise IndexUnavailable(f"The folder {self.folder} can't be used ({error.strerror}).") from None
        foreign = hasattr(os, "getuid") and status.st_uid != os.getuid()
        if foreign or (os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o022):
            raise IndexUnavailable(f"The folder {self.folder} belongs to, or can be written by, somebody else.")

    def clear(self) -> None:
        """Remove the index; a builder that runs makes a new one. The lock stays, since others may wait for it."""
        for path in (self.database, *self.side_files(), self.attempt):
            path.unlink(missing_ok=True)

    def size(self) -> int:
        """How many bytes it takes on disk."""
        return sum(path.stat().st_size for path in (self.database, *self.side_files()) if path.exists())

    def side_files(self) -> tuple[Path, ...]:
        """What SQLite keeps beside the database."""
        return tuple(self.database.with_name(f"{self.database.name}{ending}") for ending in ("-wal", "-shm"))


def indexes() -> Path:
    """The folder of all indexes; `MENDLINE_STATE_DIR` moves it."""
    moved = os.environ.get(DIRECTORY_VARIABLE)
    return (Path(moved) if moved else platformdirs.user_cache_path("mendline", appauthor=False)) / "index"


def place_of(root: Path) -> IndexPlace:
    """Where a workspace's index is, or would be."""
    identity = str(root.resolve()).encode("utf-8", "surrogateescape")
    return IndexPlace(indexes() / hashlib.sha256(identity).hexdigest()[:16])


def check_root(root: Path) -> Path:
    """Return the folder of a workspace, resolved.

    Raises:
        IndexUnavailable: it is no folder, or one whose files belong to no one project.
    """
    try:
        resolved = root.resolve()
        if not resolved.is_dir():
            raise IndexUnavailable(f"{root} is not a folder.")
        if resolved.parent == resolved or resolved == Path.home().resolve():
            raise IndexUnavailable(f"{root} is too wide to be indexed; open a project's folder.")
    except (OSError, RuntimeError) as error:
        raise IndexUnavailable(f"{root} can't be looked at ({error}).") from None
    return resolved


def forget_old(now: float | None = None) -> None:
    """Remove the indexes that nobody has brought up to date for two months."""
    before = (time.time() if now is None else now) - _FORGOTTEN_SECONDS
    for database in indexes().glob("*/index.db"):
        try:
            if database.stat().st_mtime < before:
                shutil.rmtree(database.parent, ignore_errors=True)
        except OSError:
            continue
