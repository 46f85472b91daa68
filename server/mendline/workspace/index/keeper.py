"""Starting the process that keeps an index, telling it of changes, and ending it."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final

from attrs import define, field

from mendline.workspace.index.orders import changed_lines
from mendline.workspace.index.place import IndexUnavailable, check_root, place_of
from mendline.workspace.index.reader import StoredIndex

logger = logging.getLogger(__name__)

_FAILURES: Final = 5
_PAUSE_SECONDS: Final = 2.0
_LOG_BYTES: Final = 256 * 1024


@define(eq=False)
class IndexKeeper:
    """One workspace's index with the process behind it. Nothing here waits for that process.

    Attributes:
        root: the workspace's folder.
        exclude: the user's `privacy.exclude`.
        watched: whether all changes of files are told by `changed`.
        eager: whether the process keeps its priority, for who waits for it.
        index: what is known so far.
    """

    root: Path
    exclude: tuple[str, ...] = ()
    watched: bool = False
    eager: bool = False
    index: StoredIndex = field(init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _ended: threading.Event = field(factory=threading.Event, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    def __attrs_post_init__(self) -> None:
        self.index = StoredIndex.of(self.root)

    def start(self) -> None:
        """Have the index kept from now on, by a process that is started anew when it dies."""
        threading.Thread(target=self._run, name=f"index of {self.root.name}", daemon=True).start()

    def changed(self, paths: Iterable[str]) -> None:
        """Tell of files that changed, by absolute paths. What can't be told at once is found by the next look."""
        with self._lock:
            stdin = self._process.stdin if self._process is not None else None
            if stdin is None or stdin.closed:
                return
            with contextlib.suppress(OSError, ValueError):
                for line in changed_lines(paths):
                    os.write(stdin.fileno(), line)

    def close(self) -> None:
        """Let the process end."""
        self._ended.set()
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()
        self.index.close()

    def _run(self) -> None:
        """Start the process, and again when it fails, with a pause, but not for ever."""
        for failures in range(_FAILURES):
            if self._ended.wait(failures * _PAUSE_SECONDS):
                return
            try:
                status = self._once()
            except (IndexUnavailable, OSError) as error:
                logger.warning("no index: %s", error)
                return
            if status == 0 or self._ended.is_set():
                return
            logger.info("the index's process ended with status %d", status)

    def _once(self) -> int:
        place = place_of(check_root(self.root))
        place.make()
        flags = {"--watched": self.watched, "--eager": self.eager}
        arguments = [str(self.root), *(flag for flag, given in flags.items() if given)]
        arguments += [f"--exclude={pattern}" for pattern in self.exclude]
        with _log_file(place.log) as log_file:
            process = subprocess.Popen(
                # -P: nothing is imported from the working directory.
                [sys.executable, "-P", "-m", "mendline.workspace.index", *arguments],
                cwd=place.folder,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=log_file,
                stderr=log_file,
                start_new_session=True,
            )
        assert process.stdin is not None
        # A builder that does not listen must not hold up who tells it something.
        os.set_blocking(process.stdin.fileno(), False)
        with self._lock:
            self._process = process
            if self._ended.is_set():
                process.stdin.close()
        try:
            return process.wait()
        finally:
            with self._lock, contextlib.suppress(OSError):
                process.stdin.close()


def _environment() -> dict[str, str]:
    """This process's, with relative import paths made absolute: the other has another working directory."""
    environment = dict(os.environ)
    if paths := [os.path.abspath(path) for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]:
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment


def _log_file(path: Path) -> IO[bytes]:
    with contextlib.suppress(OSError):
        if path.stat().st_size > _LOG_BYTES:
            path.unlink()
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
