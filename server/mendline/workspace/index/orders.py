"""What a builder is told while it runs: one JSON object a line on its standard input, whose end is its own."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator
from typing import IO, Final

from attrs import define, field

LINE_BYTES: Final = 4096
"""Lines up to this length go through a pipe whole or not at all (POSIX, PIPE_BUF, is 512 at least; Linux has this)."""

_CHANGED: Final = "changed"
_MOST_WAITING: Final = 10_000


def changed_lines(paths: Iterable[str]) -> Iterator[bytes]:
    """Write down that files changed, in as many lines as need be; paths that fit in none are left out."""
    waiting: list[str] = []
    length = 0
    for path in paths:
        size = len(json.dumps(path)) + 2
        if size > LINE_BYTES - 32:
            continue
        if length + size > LINE_BYTES - 32:
            yield _line(waiting)
            waiting, length = [], 0
        waiting.append(path)
        length += size
    if waiting:
        yield _line(waiting)


def _line(paths: list[str]) -> bytes:
    return json.dumps({_CHANGED: paths}).encode() + b"\n"


@define
class Orders:
    """Orders as they arrive."""

    _closed: bool = field(default=False, init=False)
    _paths: dict[str, None] = field(factory=dict, init=False)
    _condition: threading.Condition = field(factory=threading.Condition, init=False, repr=False)

    def listen(self, stream: IO[bytes]) -> None:
        """Take orders until the stream ends; in a thread of its own."""
        try:
            for line in stream:
                self._take(line)
        except (OSError, ValueError):
            pass  # the stream is gone, which is its end
        self.close()

    def ended(self) -> bool:
        """Say whether there will be no more; the builder has to end then."""
        return self._closed

    def close(self) -> None:
        """Take no more."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def changed(self, paths: Iterable[str]) -> None:
        """Note files that changed, by absolute paths."""
        with self._condition:
            self._paths.update(dict.fromkeys(map(os.path.abspath, paths)))
            while len(self._paths) > _MOST_WAITING:
                self._paths.pop(next(iter(self._paths)))
            self._condition.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait for an order or the end; False when neither came."""
        with self._condition:
            return self._condition.wait_for(lambda: self._closed or bool(self._paths), seconds)

    def wait_for_end(self, seconds: float) -> None:
        """Wait for the end only; what changes meanwhile is not this process's to look at."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed, seconds)
            self._paths.clear()

    def take(self) -> list[str]:
        """Return the files that changed since the last call."""
        with self._condition:
            paths = list(self._paths)
            self._paths.clear()
        return paths

    def _take(self, line: bytes) -> None:
        try:
            paths = json.loads(line)[_CHANGED]
        except (ValueError, TypeError, KeyError):
            return
        if isinstance(paths, list):
            self.changed(path for path in paths if isinstance(path, str))
