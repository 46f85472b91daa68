"""Indexes of the packages, as a language server would have them."""

from __future__ import annotations

from pathlib import Path

from attrs import define, field

from mendline.text.secrets import mask
from mendline.workspace.index.builder import Builder
from mendline.workspace.index.database import open_for_writing
from mendline.workspace.index.place import IndexPlace
from mendline.workspace.index.reader import StoredIndex
from mendline.workspace.index.writer import IndexWriter


@define
class Indexes:
    """Makes each package's index when it is first asked for. Blocks on the disk.

    Attributes:
        folder: where they are kept, apart from those of the user's workspaces.
        exclude: the user's `privacy.exclude`.
    """

    folder: Path
    exclude: tuple[str, ...] = ()
    _made: dict[Path, StoredIndex] = field(factory=dict, init=False)

    def of(self, package: Path) -> StoredIndex:
        """The index of a package.

        Raises:
            MendlineError: the folder can't be used.
            sqlite3.Error: the database can't be written.
        """
        if package not in self._made:
            place = IndexPlace(self.folder / str(len(self._made)))
            place.make()
            connection = open_for_writing(place, package)
            try:
                for _ in Builder(package, place, IndexWriter(connection), mask, self.exclude).look_at_all():
                    pass
            finally:
                connection.close()
            self._made[package] = StoredIndex(place)
        return self._made[package]

    def close(self) -> None:
        """Let go of the files."""
        for index in self._made.values():
            index.close()
