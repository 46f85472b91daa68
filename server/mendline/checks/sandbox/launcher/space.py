"""What is left of memory and disk, how much of the disk a folder takes, and giving that back."""

from __future__ import annotations

import os
import time

_SHARE_OF_TIME = 20
_REGULAR_SECONDS = 1.0
_LEAST_AVAILABLE = 1 / 32


class Space:
    """The disk space of some folders, bounded without looking at every file all the time.

    What is left on the disk is quick to tell. When that has shrunk by a part of the bound, files are counted at once,
    else every second, since others write and remove, too. Counting takes at most a twentieth of the time.
    """

    def __init__(self, folders: list[str], most_bytes: int) -> None:
        self._folders = folders
        self._most = most_bytes
        self._free = self._free_bytes()
        self._next = 0.0
        self._regular = time.monotonic() + _REGULAR_SECONDS

    def is_exceeded(self, processes: list[int]) -> bool:
        """Whether the folders hold more than they may, with what these processes have removed and still open."""
        now = time.monotonic()
        if not self._most or now < self._next:
            return False
        if now < self._regular and self._free - self._free_bytes() < self._most // 4:
            return False
        held = sum(_held_bytes(folder) for folder in self._folders) + sum(_removed_bytes(each) for each in processes)
        counted = time.monotonic()
        self._next = counted + _SHARE_OF_TIME * (counted - now)
        self._regular = counted + _REGULAR_SECONDS
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


def taken_bytes(folder: str) -> int:
    """Return how much is stored where a folder is; 0 where that can't be told."""
    try:
        state = os.statvfs(folder)
    except OSError:
        return 0
    return (state.f_blocks - state.f_bfree) * state.f_frsize


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


def remove(folder: str) -> None:
    """Remove a folder and what is in it, as far as that can be done. Nothing may be at work in it any more."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    remove(entry.path)
                else:
                    os.unlink(entry.path)
        os.rmdir(folder)
    except (OSError, RecursionError):
        return


def _removed_bytes(pid: int) -> int:
    """Return the size of the files that a process has open and that stand in no folder any more."""
    folder = f"/proc/{pid}/fd"
    sizes: dict[tuple[int, int], int] = {}
    try:
        names = os.listdir(folder)
    except OSError:
        return 0  # it has ended
    for name in names:
        try:
            state = os.stat(f"{folder}/{name}")
        except OSError:
            continue  # it has closed it
        if state.st_nlink == 0:
            sizes[state.st_dev, state.st_ino] = state.st_blocks * 512
    return sum(sizes.values())


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
