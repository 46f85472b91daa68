"""What is left of memory and disk, and how much of the disk a folder takes."""

from __future__ import annotations

import os
import time

_SHARE_OF_TIME = 20
_LEAST_AVAILABLE = 1 / 32


class Space:
    """The disk space of some folders, bounded without looking at every file all the time.

    What is left on the disk is quick to tell, so files are only counted when that has shrunk by a part of the bound.
    Counting takes at most a twentieth of the time.
    """

    def __init__(self, folders: list[str], most_bytes: int) -> None:
        self._folders = folders
        self._most = most_bytes
        self._free = self._free_bytes()
        self._next = 0.0

    def is_exceeded(self) -> bool:
        """Whether the folders hold more than they may."""
        if not self._most:
            return False
        taken = self._free - self._free_bytes()
        if taken > 2 * self._most:
            # Others write, too, but files that were removed while open are found no other way.
            return True
        now = time.monotonic()
        if taken < self._most // 4 or now < self._next:
            return False
        held = sum(_held_bytes(folder) for folder in self._folders)
        self._next = time.monotonic() + _SHARE_OF_TIME * (time.monotonic() - now)
        return held > self._most

    def _free_bytes(self) -> int:
        # Folders of one order lie on one disk.
        for folder in self._folders:
            try:
                state = os.statvfs(folder)
            except OSError:
                continue
            return state.f_bfree * state.f_frsize
        return 0


def is_memory_short() -> bool:
    """Whether the whole machine has next to no memory left."""
    sizes: dict[str, int] = {}
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                name, size, *_ = line.split()
                sizes[name] = int(size)
                if name == "MemAvailable:":
                    break
    except OSError:
        return False
    return sizes.get("MemAvailable:", 1) < sizes.get("MemTotal:", 0) * _LEAST_AVAILABLE


def _held_bytes(folder: str) -> int:
    held = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    held += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue  # removed meanwhile
    return held
