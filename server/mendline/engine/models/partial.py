"""The first bytes of a model, on their way to becoming the whole file.

All sources carry the same bytes, so a download that one source began any other can go on with. What lies there
from an earlier run is trusted only as far as the catalogue's hashes of wheel parts confirm it, or up to its end
where the model has none; the hash of the whole file decides at last.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from mendline.engine.errors import DownloadFailed, ModelInvalid
from mendline.engine.models.catalogue import Entry
from mendline.engine.models.hashing import sha256_of
from mendline.engine.models.sizes import human_size

_MARGIN = 64 << 20
"""Bytes to leave free on the disk, so that a model never takes the last of it."""


class Partial:
    """`<file>.partial`, open for writing at its end. Use as a context manager, under the model's lock."""

    def __init__(self, entry: Entry, final: Path) -> None:
        self.entry = entry
        self.final = final
        self.path = partial_path(final)
        self.length = 0
        self._descriptor = -1

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self._descriptor = os.open(self.path, flags, 0o644)
        self.length = os.fstat(self._descriptor).st_size
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
        self._descriptor = -1

    def keep_what_is_good(self, on_bytes: Callable[[int], None], cancel: threading.Event) -> None:
        """Cut off what is certainly not the model's: from the first part on whose hash is wrong, or all if too long."""
        if self.length > self.entry.size:
            self.truncate(0)
        start = 0
        for part in self.entry.parts:
            if start + part.size > self.length:
                return
            found = sha256_of(self.path, start=start, length=part.size, cancel=cancel)
            if found != part.sha256:
                self.truncate(start)
                return
            start += part.size
            on_bytes(start)

    def append(self, data: bytes) -> None:
        """Write `data` at the end.

        Raises:
            DownloadFailed: the disk is full.
        """
        view = memoryview(data)
        while view:
            try:
                os.lseek(self._descriptor, self.length, os.SEEK_SET)
                written = os.write(self._descriptor, view)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise self.disk_full(self.entry.size - self.length) from error
                raise
            self.length += written
            view = view[written:]

    def truncate(self, length: int) -> None:
        """Drop what lies after `length` bytes."""
        os.ftruncate(self._descriptor, length)
        self.length = length

    def check_space(self, extra: int) -> None:
        """Look whether the disk has room for what is still to come, and `extra` bytes of a source's own.

        Raises:
            DownloadFailed: it has not.
        """
        needed = self.entry.size - self.length + extra + _MARGIN
        if shutil.disk_usage(self.path.parent).free < needed:
            raise self.disk_full(needed)

    def disk_full(self, needed: int) -> DownloadFailed:
        """Return the error that says how much room is needed, how much there is, and what to do."""
        free = shutil.disk_usage(self.path.parent).free
        return DownloadFailed(
            f"The disk is full: {self.entry.id} needs {human_size(needed)} more in {self.path.parent}, "
            f"{human_size(free)} are free; make room, or set MENDLINE_MODELS_DIR to a folder on another disk"
        )

    def finish(self, source: str, on_bytes: Callable[[int], None], cancel: threading.Event) -> None:
        """Check the whole file's hash and put it in its place, all or nothing.

        Raises:
            ModelInvalid: the bytes are not the model's; they are dropped.
        """
        found = sha256_of(self.path, on_bytes=on_bytes, cancel=cancel)
        if found != self.entry.sha256:
            self.truncate(0)
            raise ModelInvalid(
                f"What came as {self.entry.id}{f' from {source}' if source else ''} has the wrong sha256: "
                f"expected {self.entry.sha256}, got {found}; it was removed, "
                f"`mendline models pull {self.entry.id}` starts afresh"
            )
        os.fsync(self._descriptor)
        self.path.replace(self.final)
        _sync_folder(self.final.parent)


def partial_path(final: Path) -> Path:
    """Return where the first bytes of `final` are collected."""
    return final.with_name(final.name + ".partial")


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut, where the system can do that."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
