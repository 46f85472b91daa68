"""Scratch copies of projects, with the unsaved texts in them, for tools that look at more than one file.

A copy lies in a folder that only the user can read and goes with the process. Files that are ignored aren't in it, and
folders of what is installed (`state.LINKED`) are links to the real ones. Between two runs it is brought up to date by
names, sizes and dates, so that another candidate costs its own file.

Architecture invariant: nothing is written into the user's folders. A text whose path leads out of the copy, or into
what is linked, is refused. What ran in a copy may have left links anywhere in it, and none of them is followed. Tools
that run outside of the sandbox never work in a copy in which code of the project has run: it could lead what they write
out of it.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import define, field, frozen

from mendline.checks.check import Subject
from mendline.checks.scratch import Scratch
from mendline.checks.state import LINKED, Listed, listing
from mendline.settings.errors import MendlineError
from mendline.workspace.reading import read_bytes

_MOST_COPIES: Final = 4


class NoOverlay(MendlineError):
    """A project can't be copied, or a text can't be put into the copy; the message says why, without a full stop."""


@frozen
class Limits:
    """How much is copied of a project.

    Attributes:
        files: how many; a project with more is not copied.
        total_bytes: of all of them; the same.
        file_bytes: of one; a larger one, data as a rule, is left out.
    """

    files: int = 20_000
    total_bytes: int = 512 * 2**20
    file_bytes: int = 8 * 2**20


@define(eq=False)
class Copy:
    """The copy of one project.

    Attributes:
        root: the project's folder.
        place: the folder of the copy; `files` in it is what stands for the root, `caches` is for tools.
        limits: how much is copied.
        fresh_seconds: how long it counts as up to date without a look at the project.
        clock: in seconds.
    """

    root: Path
    place: Path
    limits: Limits = field(factory=Limits)
    fresh_seconds: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _copied: dict[str, _Copied] = field(factory=dict, init=False)
    _listed: Mapping[str, Listed] = field(factory=dict, init=False)
    _texts: dict[str, bytes] = field(factory=dict, init=False)
    _refreshed: float | None = field(default=None, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _key: Mapping[str, str] | None = field(default=None, init=False)
    _users: int = field(default=0, init=False)
    _free: asyncio.Event = field(factory=asyncio.Event, init=False)
    _ready: asyncio.Future[None] | None = field(default=None, init=False)

    @property
    def files(self) -> Path:
        """What stands for the project's root."""
        return self.place / "files"

    @property
    def caches(self) -> Path:
        """Where tools may keep what they make."""
        return self.place / "caches"

    def cache(self, name: str) -> Path:
        """A folder in `caches`, which is there afterwards and is no link."""
        _make_sure_of(self.caches)
        _make_sure_of(self.caches / name)
        return self.caches / name

    @property
    def linked(self) -> tuple[Path, ...]:
        """The real folders that links in the copy lead to; a sandbox has to show them, or tools stumble over them."""
        return tuple(Path(os.path.realpath(self.root / each.path)) for each in self._listed.values() if each.is_folder)

    @property
    def in_use(self) -> bool:
        """Whether somebody works in it."""
        return self._users > 0

    @asynccontextmanager
    async def holding(self, texts: Mapping[str, str]) -> AsyncIterator[Copy]:
        """The copy with some texts in it. Who wants the same ones shares it, who wants others waits.

        Raises:
            NoOverlay: it can't be made.
        """
        while self._users and self._key != texts:
            await self._free.wait()
        if not self._users:
            self._key, self._free = texts, asyncio.Event()
            self._ready = asyncio.ensure_future(asyncio.to_thread(self.bring, texts))
            # Whoever waits for it is told; where nobody does any more, nobody has to be.
            self._ready.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._users += 1
        try:
            assert self._ready is not None
            await asyncio.shield(self._ready)
            yield self
        finally:
            self._users -= 1
            if not self._users:
                self._free.set()

    def bring(self, texts: Mapping[str, str]) -> None:
        """Bring the copy up to date, and put texts over it in place of those that were there.

        Raises:
            NoOverlay: it can't be made.
        """
        with self._lock:  # one that was cancelled may still be at it
            try:
                self._refresh()
                self._put({_checked(path): text.encode("utf-8", "replace") for path, text in texts.items()})
            except (OSError, ValueError) as error:
                shutil.rmtree(self.place, ignore_errors=True)
                self._refreshed, self._copied, self._texts = None, {}, {}
                raise NoOverlay(f"a copy of {self.root} can't be made ({error})") from None

    def _refresh(self) -> None:
        now = self.clock()
        is_fresh = self._refreshed is not None and now - self._refreshed < self.fresh_seconds
        if is_fresh and _is_folder(self.files) and _is_folder(self.caches):
            return
        self._refreshed = None
        self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.files, self.caches):
            _make_sure_of(folder)
        self._listed = self._wanted()
        self._remove_all_but(self._listed)
        for listed in self._listed.values():
            if listed.path not in self._texts and not self._is_current(listed):
                self._copy(listed)
        self._refreshed = now

    def _wanted(self) -> dict[str, Listed]:
        """What the copy consists of, by path."""
        wanted: dict[str, Listed] = {}
        total = 0
        for listed in listing(self.root):
            if listed.size > self.limits.file_bytes:
                continue
            wanted[listed.path] = listed
            total += listed.size
            if len(wanted) > self.limits.files or total > self.limits.total_bytes:
                most = f"{self.limits.files:,} files or {self.limits.total_bytes / 2**20:.0f} MiB"
                raise NoOverlay(f"{self.root} has more than {most} that aren't ignored, too much for a copy")
        return wanted

    def _remove_all_but(self, wanted: Mapping[str, Listed]) -> None:
        """Remove what is there and shouldn't be: what left the project, and what tools have written."""
        folders = {parent.as_posix() for path in (*wanted, *self._texts) for parent in PurePosixPath(path).parents}
        pending = [""]
        while pending:
            folder = pending.pop()
            with os.scandir(self.files / folder) as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if path in folders:
                            pending.append(path)
                        else:
                            shutil.rmtree(entry.path)
                    elif path in folders or (path not in wanted and path not in self._texts):
                        os.unlink(entry.path)

    def _is_current(self, listed: Listed) -> bool:
        known = self._copied.get(listed.path)
        if known is None or known.listed != listed:
            return False
        try:
            # The time of a file's last change of any kind can't be set back, whatever ran in the copy.
            return os.lstat(self.files / listed.path).st_ctime_ns == known.ctime
        except OSError:
            return False

    def _copy(self, listed: Listed) -> None:
        source, target = self.root / listed.path, self._room_for(listed.path)
        if listed.is_folder:
            target.symlink_to(os.path.realpath(source), target_is_directory=True)
        else:
            shutil.copyfile(source, target, follow_symlinks=False)
            target.chmod(0o600 | (listed.mode & 0o100))
        self._copied[listed.path] = _Copied(listed, os.lstat(target).st_ctime_ns)

    def _put(self, contents: Mapping[str, bytes]) -> None:
        for path in [path for path in self._texts if path not in contents]:
            del self._texts[path]
            if path in self._listed and os.path.lexists(self.root / path):
                self._copy(self._listed[path])
            else:
                self._room_for(path)
        for path, content in contents.items():
            if self._texts.get(path) == content and read_bytes(self._path_of(path), len(content)) == content:
                continue
            target = self._room_for(path)
            target.write_bytes(content)
            target.chmod(0o600)
            self._texts[path] = content
            self._copied.pop(path, None)

    def _room_for(self, path: str) -> Path:
        """A path in the copy at which nothing is."""
        target = self._path_of(path)
        if _is_folder(target):
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)
        return target

    def _path_of(self, path: str) -> Path:
        """A path in the copy whose folder is there. What ran in the copy may have put links in the place of folders."""
        folder = self.files
        *above, name = path.split("/")
        for part in above:
            folder /= part
            _make_sure_of(folder)
        return folder / name


@frozen
class _Copied:
    """What was copied, and when the copy was last touched (`st_ctime_ns`)."""

    listed: Listed
    ctime: int


@define(eq=False)
class Overlay:
    """The copies of all projects of this process, the ones used last.

    Attributes:
        limits: how much is copied of each.
        fresh_seconds: how long a copy counts as up to date.
    """

    limits: Limits = field(factory=Limits)
    fresh_seconds: float = 0.0
    _scratch: Scratch | None = field(default=None, init=False)
    _copies: dict[Path, Copy] = field(factory=dict, init=False)
    _made: int = field(default=0, init=False)

    @asynccontextmanager
    async def of(self, subject: Subject) -> AsyncIterator[Copy]:
        """A copy of a subject's project with the subject's texts in it.

        Raises:
            NoOverlay: it can't be made.
        """
        try:
            copy = self._copy_of(subject.project.root)
        except OSError as error:
            raise NoOverlay(f"there is no place for a copy ({error})") from None
        async with copy.holding(subject.texts):
            yield copy

    def close(self) -> None:
        """Remove all copies."""
        if self._scratch is not None:
            self._scratch.remove()
        self._scratch, self._copies = None, {}

    def _copy_of(self, root: Path) -> Copy:
        found = self._copies.pop(root, None)
        if found is None:
            if self._scratch is None:
                self._scratch = Scratch.make()
                atexit.register(self.close)
            self._made += 1
            found = Copy(root, self._scratch.folder / str(self._made), self.limits, self.fresh_seconds)
        self._copies[root] = found  # the last one is the one used last
        for old in list(self._copies.values())[:-_MOST_COPIES]:
            if not old.in_use:
                del self._copies[old.root]
                asyncio.get_running_loop().run_in_executor(None, shutil.rmtree, old.place, True)
        return found


OVERLAY: Final = Overlay()
"""Copies in which code of the project is executed, in the sandbox; they are looked through before each use."""

UNTOUCHED: Final = Overlay(fresh_seconds=1.0)
"""Copies in which nothing of the project is ever executed, for tools outside of the sandbox."""


def _checked(path: str) -> str:
    """A path that stays within the copy.

    Raises:
        NoOverlay: it doesn't.
    """
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise NoOverlay(f"{path} is no path within the project")
    if LINKED.intersection(parts[:-1]):
        raise NoOverlay(f"{path} lies in a folder of what is installed, which isn't copied")
    return path


def _make_sure_of(folder: Path) -> None:
    """Make a folder, or what was put in its place one."""
    if not _is_folder(folder):
        folder.unlink(missing_ok=True)
        folder.mkdir(mode=0o700)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
