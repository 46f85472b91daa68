"""Workspaces with an index that a test builds in its own process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import frozen

from mendline.workspace.index.builder import Builder
from mendline.workspace.index.database import open_for_writing
from mendline.workspace.index.place import IndexPlace
from mendline.workspace.index.reader import StoredIndex
from mendline.workspace.index.state import IndexState
from mendline.workspace.index.walking import Limits
from mendline.workspace.index.writer import IndexWriter


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write files by their paths from `root`."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@frozen
class Indexed:
    """A workspace, its builder and its reader."""

    root: Path
    place: IndexPlace
    builder: Builder
    index: StoredIndex

    @classmethod
    def of(
        cls,
        folder: Path,
        files: Mapping[str, str] | None = None,
        *,
        mask: Callable[[str], str] = str,
        exclude: tuple[str, ...] = (),
        limits: Limits | None = None,
    ) -> Indexed:
        """Make a workspace under `folder`, or take the one there, and index it."""
        root = folder / "work"
        root.mkdir(exist_ok=True)
        write_files(root, files or {})
        place = IndexPlace(folder / "index")
        place.make()
        writer = IndexWriter(open_for_writing(place, root))
        builder = Builder(root, place, writer, mask, exclude, limits or Limits())
        indexed = cls(root, place, builder, StoredIndex(place))
        indexed.update()
        return indexed

    @property
    def state(self) -> IndexState:
        """Where the index stands."""
        state = self.index.state()
        assert state is not None
        return state

    def update(self) -> None:
        """Look at all files."""
        for _ in self.builder.look_at_all():
            pass

    def names(self, path: str) -> list[str]:
        """The names that a file defines."""
        return [each.name for each in self.index.in_file(path)]
