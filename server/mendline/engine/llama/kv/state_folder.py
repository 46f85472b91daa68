"""The files of saved prompt states: private, whole or not there, never followed elsewhere.

A state is two files: `<name>.state`, which llama.cpp writes and reads, and `<name>.json`, its label. A label is
written last, so a state without one is the rest of a write that was cut off. Names are random and never used twice:
a file that was checked can't become another one's content.

Every method may raise `OSError`; `saved.py` copes with it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import stat
import time
import zlib
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

_STATE, _LABEL, _PARTIAL = ".state", ".json", ".tmp"
_OURS = re.compile(r"([0-9a-f]{16})\.(?:state|json)(?:\.tmp)?")
_MODEL_FOLDER = re.compile(r"[0-9a-f]{16}")
_BLOCK = 1 << 20
_MOST_LABEL_BYTES = 16 << 20
"""More than the label of a million tokens takes."""
_DAY_NS = 24 * 3600 * 10**9

_log = logging.getLogger("mendline.engine.llama")


@frozen
class StateFolder:
    """A folder of saved states that only its user can read and write.

    Attributes:
        path: where it is.
    """

    path: Path

    @classmethod
    def open(cls, path: Path) -> StateFolder:
        """Make the folder with mode 0700, or take one that is there already.

        Raises:
            OSError: it can't be made, is a link, belongs to another user, or others could write to it.
        """
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.lstat()
        mode = stat.S_IMODE(status.st_mode)
        if not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError("it is a link, not a folder")
        if _foreign(status):
            raise PermissionError("it belongs to another user")
        if mode & 0o022:
            raise PermissionError("it is writable by others")
        if mode != 0o700:
            path.chmod(0o700)
        return cls(path)

    def names(self) -> list[str]:
        """Return the names of states that have both files, the one used longest ago first."""
        present = set(os.listdir(self.path))
        names = {match.group(1) for file in present if (match := _OURS.fullmatch(file))}
        whole = [name for name in names if {name + _STATE, name + _LABEL} <= present]
        return sorted(whole, key=lambda name: (self.used_ns(name), name))

    def tidy(self) -> None:
        """Remove what writes that were cut off have left. What can't be removed stays."""
        whole = {name + ending for name in self.names() for ending in (_STATE, _LABEL)}
        for file in os.listdir(self.path):
            if _OURS.fullmatch(file) and file not in whole:
                with contextlib.suppress(OSError):
                    self._unlink(file)

    def used_ns(self, name: str) -> int:
        """Return when a state was last used, in nanoseconds since the epoch."""
        return (self.path / (name + _LABEL)).lstat().st_mtime_ns

    def touch(self, name: str) -> None:
        """Note that a state is used now."""
        os.utime(self.path / (name + _LABEL), follow_symlinks=False)

    def state(self, name: str) -> Path:
        """Return where llama.cpp finds a state."""
        return self.path / (name + _STATE)

    def begin(self) -> tuple[str, Path]:
        """Return a new name and the empty file, readable by the user only, that its state is to be written to."""
        name = secrets.token_hex(8)
        path = self.path / (name + _STATE + _PARTIAL)
        _create(path).close()
        return name, path

    def commit(self, name: str, label: bytes) -> None:
        """Put a state that was written to its file in place, and its label after it."""
        (self.path / (name + _STATE + _PARTIAL)).replace(self.state(name))
        path = self.path / (name + _LABEL)
        partial = path.with_name(path.name + _PARTIAL)
        with _create(partial) as file:
            file.write(label)
        partial.replace(path)

    def label(self, name: str) -> bytes:
        """Return the label of a state.

        Raises:
            OSError: it is longer than any label, a link or another user's, beside all other causes.
        """
        with _open(self.path / (name + _LABEL)) as file:
            if os.fstat(file.fileno()).st_size > _MOST_LABEL_BYTES:
                raise OSError("its label is too long")
            return file.read(_MOST_LABEL_BYTES)

    def size(self, name: str) -> int:
        """Return the bytes of a state, without reading them."""
        return self.state(name).lstat().st_size

    def checksum(self, path: Path, start: int) -> tuple[int, int]:
        """Return the bytes of a file and their CRC-32, continuing from `start`. About a gigabyte a second.

        Raises:
            OSError: it is a link or another user's, beside all other causes.
        """
        size, checksum = 0, start
        with _open(path) as file:
            while block := file.read(_BLOCK):
                size += len(block)
                checksum = zlib.crc32(block, checksum)
        return size, checksum

    def remove(self, name: str) -> None:
        """Remove all files of a name, the label first; those that aren't there are no error."""
        for ending in (_LABEL, _STATE):
            self._unlink(name + ending)
            self._unlink(name + ending + _PARTIAL)

    def _unlink(self, file: str) -> None:
        (self.path / file).unlink(missing_ok=True)


def forget_unused(states: Path, *, days: float) -> None:
    """Remove the states that nobody used for so many days, of all models below a folder; all states for 0 days.

    A model that is used no more has no engine that would do it. Never raises; the log says what couldn't be removed.
    """
    before = time.time_ns() - int(days * _DAY_NS)
    for path in sorted(states.glob("*")):
        if not _MODEL_FOLDER.fullmatch(path.name):
            continue
        try:
            folder = StateFolder.open(path)
            for name in folder.names():
                if not days or folder.used_ns(name) < before:
                    folder.remove(name)
            if not days:
                folder.tidy()
        except OSError as error:
            _log.warning("saved prompts in %s could not be removed: %s", path, error.strerror or error)


def _foreign(status: os.stat_result) -> bool:
    return hasattr(os, "getuid") and status.st_uid != os.getuid()


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _open(path: Path) -> BinaryIO:
    """Open the user's own regular file for reading; a link or a pipe in its place is an `OSError`."""
    # O_NONBLOCK: opening a pipe would wait for somebody to write to it.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags), "rb", buffering=0)
    try:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a file")
        if _foreign(status):
            raise PermissionError("it belongs to another user")
    except BaseException:
        file.close()
        raise
    return file
