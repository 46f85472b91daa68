"""Which file is being parsed: written down, so that one that crashes a grammar is not tried again at once."""

from __future__ import annotations

import os
from pathlib import Path

from attrs import define, field


@define
class Attempts:
    """A file that holds one path. Writing costs a system call, and outlives the process but not the machine."""

    file: Path
    _descriptor: int | None = field(default=None, init=False)

    def take_unfinished(self) -> str:
        """Return the path whose attempt did not end, and forget it; empty when there is none."""
        try:
            path = self.file.read_text(encoding="utf-8", errors="surrogateescape").partition("\n")[0]
        except OSError:
            return ""
        self.end()
        return path

    def begin(self, path: str) -> None:
        """Note that a file is tried."""
        if "\n" not in path:
            self._write(path)

    def end(self) -> None:
        """Note that it is done with."""
        self._write("")

    def _write(self, path: str) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        os.pwrite(self._descriptor, f"{path}\n".encode("utf-8", "surrogateescape"), 0)
