"""Where confined code may write."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

_OWN = ".mendline"


@frozen
class Place:
    """A scratch folder, and the folders of its own that stand for what programs expect elsewhere.

    Attributes:
        folder: the scratch folder, with its real path; nothing else is writable.
        start: the working folder, in it.
    """

    folder: Path
    start: Path

    @classmethod
    def prepare(cls, folder: Path, start: Path | None = None) -> Place:
        """Make the folders.

        Raises:
            OSError: they can't be made.
        """
        real = folder.resolve()
        place = cls(real, real if start is None else start.resolve())
        for each in (place.home, place.temporary, place.shared_memory):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    @property
    def home(self) -> Path:
        """What programs take for the home folder."""
        return self.folder / _OWN / "home"

    @property
    def temporary(self) -> Path:
        """Their folder for temporary files."""
        return self.folder / _OWN / "tmp"

    @property
    def shared_memory(self) -> Path:
        """What they take for /dev/shm."""
        return self.folder / _OWN / "shm"
