"""Where confined code may write."""

from __future__ import annotations

import tempfile
from pathlib import Path

from attrs import frozen

_PREFIX = ".mendline-"


@frozen
class Place:
    """A scratch folder, and folders in it that stand for what programs expect elsewhere.

    Attributes:
        folder: the scratch folder, with its real path; nothing else is writable.
        start: the working folder, in it.
        own: what holds those folders. Each run has its own, so that none finds what another has left there, and the
            launcher removes it when the run is over.
    """

    folder: Path
    start: Path
    own: Path

    @classmethod
    def prepare(cls, folder: Path, start: Path | None = None) -> Place:
        """Make the folders.

        Raises:
            OSError: they can't be made.
        """
        real = folder.resolve()
        real.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=real))
        place = cls(real, real if start is None else start.resolve(), own)
        for each in (place.home, place.temporary):
            each.mkdir(mode=0o700)
        return place

    @property
    def home(self) -> Path:
        """What programs take for the home folder."""
        return self.own / "home"

    @property
    def temporary(self) -> Path:
        """Their folder for temporary files."""
        return self.own / "tmp"
