"""A text file on the disk: read whole, and written so that nothing is lost, whatever goes wrong."""

from __future__ import annotations

import codecs
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import platformdirs
from attrs import frozen

from mendline.settings.errors import MendlineError
from mendline.workspace.trust import STATE_VARIABLE

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOST_BACKUPS: Final = 200


class FileError(MendlineError):
    """A file can't be read or written."""


@frozen
class TextFile:
    """A file as it was read.

    Attributes:
        path: where it is.
        content: its bytes.
        mark: the byte order mark that it begins with; empty without one.
        encoding: what the rest is in. What is no UTF-8 is taken byte for byte, so that nothing else changes.
        text: the rest, its line breaks as they are.
    """

    path: Path
    content: bytes
    mark: bytes
    encoding: str
    text: str

    @classmethod
    def read(cls, path: Path) -> TextFile:
        """Read a file.

        Raises:
            FileError: it is none, or holds no text.
        """
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise FileError(f"there is no file {path}") from None
        except IsADirectoryError:
            raise FileError(f"{path} is a folder, not a file") from None
        except OSError as error:
            raise FileError(f"cannot read {path}: {error.strerror or error}") from None
        return cls.of(path, content)

    @classmethod
    def of(cls, path: Path, content: bytes) -> TextFile:
        """Take bytes for a file's.

        Raises:
            FileError: they are no text.
        """
        mark, encoding = next((each for each in _MARKS if content.startswith(each[0])), (b"", "utf-8"))
        body = content[len(mark) :]
        if not mark and b"\0" in body:
            raise FileError(f"{path} is no text")
        try:
            return cls(path, content, mark, encoding, body.decode(encoding))
        except UnicodeDecodeError:
            return cls(path, content, b"", "latin-1", content.decode("latin-1"))

    def write(self, text: str, clock: Callable[[], float] = time.time) -> Path:
        """Replace the text at once or not at all; mode and encoding stay.

        Args:
            text: the new text.
            clock: seconds since the epoch, for the backup's name.

        Returns:
            Where the file is kept as it was.

        Raises:
            FileError: it can't be written, or has changed since it was read; then it is as it was.
        """
        try:
            body = text.encode(self.encoding)
        except UnicodeEncodeError:
            raise FileError(f"{self.path} is no UTF-8, and the fix has characters that it can't hold") from None
        real = self.path.resolve()  # a link stays one
        try:
            if real.read_bytes() != self.content:
                raise FileError(f"{self.path} has changed since it was read; nothing was written")
            kept = _kept(real, self.content, clock())
            _replace(real, self.mark + body)
        except OSError as error:
            raise FileError(f"cannot write {self.path}: {error.strerror or error}") from None
        return kept


def _kept(path: Path, content: bytes, now: float) -> Path:
    """Keep a file as it is in the user's folder for state, where only the user can read it; the oldest ones go."""
    moved = os.environ.get(STATE_VARIABLE)
    state = Path(moved) if moved else platformdirs.user_state_path("mendline", appauthor=False)
    folder = state / "fixed"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    handle, name = tempfile.mkstemp(dir=folder, prefix=f"{stamp}-", suffix=f"-{path.name}")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    for old in sorted(folder.iterdir())[:-_MOST_BACKUPS]:
        old.unlink(missing_ok=True)
    return Path(name)


def _replace(path: Path, content: bytes) -> None:
    status = path.stat()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".mendline")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, status.st_mode & 0o7777)
        if os.name == "posix" and (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(name, status.st_uid, status.st_gid)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
