"""Which folders the user trusts: code in them may be executed, in the sandbox, to check a repair.

Kept in a file of the user's, outside of every repository, so that nothing in a repository can make it trusted. A file
that others could have written counts for nothing.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import filelock
import platformdirs
from attrs import frozen

from mendline.settings.errors import MendlineError

STATE_VARIABLE = "MENDLINE_STATE_DIR"

_NAME = "trusted.json"
_MOST_BYTES = 2**20

_Change = Callable[[dict[str, None]], Iterable[str]]


class TrustError(MendlineError):
    """A folder can't be trusted, or the list can't be read or written."""


@frozen
class TrustedFolders:
    """The list.

    Attributes:
        file: where it is kept.
    """

    file: Path

    @classmethod
    def of_user(cls) -> TrustedFolders:
        """The user's list, in the platform's folder for state; `MENDLINE_STATE_DIR` moves it."""
        moved = os.environ.get(STATE_VARIABLE)
        folder = Path(moved) if moved else platformdirs.user_state_path("mendline", appauthor=False)
        return cls(folder / _NAME)

    def holds(self, folder: Path) -> bool:
        """Whether a folder is trusted: it, or one around it, is in the list. Reads the disk.

        What can't be read trusts nothing.
        """
        try:
            real = folder.resolve(strict=True)
            return any(real.is_relative_to(each) for each in self.folders())
        except (OSError, TrustError):
            return False

    def folders(self) -> tuple[Path, ...]:
        """Return the trusted folders, as real paths.

        Raises:
            TrustError: the list can't be read, or others could have written it.
        """
        try:
            with self.file.open("rb") as file:
                _check_owner(self.file, os.fstat(file.fileno()))
                names = json.loads(file.read(_MOST_BYTES))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, RecursionError) as error:
            raise TrustError(f"{self.file} can't be read ({error}); remove it and trust your folders anew.") from None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TrustError(f"{self.file} is no list of folders; remove it and trust your folders anew.")
        return tuple(path for name in names if (path := Path(name)).is_absolute())

    def add(self, folder: Path) -> Path:
        """Trust a folder and all that is in it; return its real path.

        Raises:
            TrustError: it is no folder, holds the home folder, or the list can't be changed.
        """
        real = _real(folder)
        if not real.is_dir():
            raise TrustError(f"{folder} is no folder.")
        if Path.home().resolve().is_relative_to(real):
            raise TrustError(f"{real} holds everything you have; trust the folder of a project instead.")
        self._change(lambda names: {**names, str(real): None})
        return real

    def remove(self, folder: Path) -> Path | None:
        """Take a folder out of the list.

        Returns:
            The folder around it that is still trusted, and so is it; None without one.

        Raises:
            TrustError: it isn't in the list, or the list can't be changed.
        """
        real = _real(folder)
        if real not in self.folders():
            raise TrustError(f"{real} isn't in the list of trusted folders.")
        self._change(lambda names: (name for name in names if name != str(real)))
        return next((each for each in self.folders() if real.is_relative_to(each)), None)

    def _change(self, change: _Change) -> None:
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with filelock.FileLock(self.file.with_suffix(".lock")):
                names = list(change(dict.fromkeys(map(str, self.folders()))))
                self._write(json.dumps(names, indent=1))
        except OSError as error:
            raise TrustError(f"{self.file} can't be written ({error.strerror}).") from None

    def _write(self, text: str) -> None:
        # mkstemp makes the file with mode 0600.
        handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=f"{_NAME}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(name, self.file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _real(folder: Path) -> Path:
    try:
        return folder.resolve()
    except (OSError, RuntimeError) as error:
        raise TrustError(f"{folder} can't be looked at ({error}).") from None


def _check_owner(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise TrustError(f"{path} is no file.")
    if os.name != "posix":
        return
    if status.st_uid != os.getuid():
        raise TrustError(f"{path} belongs to another user, so it counts for nothing; remove it.")
    if stat.S_IMODE(status.st_mode) & 0o022:
        raise TrustError(f"{path} can be written by others, so it counts for nothing; run `chmod 600` on it.")
