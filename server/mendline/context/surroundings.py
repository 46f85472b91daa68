"""What is known beside the document the cursor is in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

from mendline.context.files import SourceFile, SourceFiles
from mendline.workspace.store import Snapshot


@frozen
class Surroundings:
    """What related code is gathered from, at one moment.

    Attributes:
        folders: the workspace's, absolute.
        open: the other documents the editor has open, the one visited last first. Their trees are parsed already.
        files: reads what is on disk.
    """

    folders: tuple[Path, ...] = ()
    open: tuple[Snapshot, ...] = ()
    files: SourceFiles = field(factory=SourceFiles)

    def file(self, path: Path) -> SourceFile | None:
        """What is in a file: as the editor has it where it is open, else as it is on disk."""
        snapshot = next((each for each in self.open if each.path is not None and Path(each.path) == path), None)
        return self.files.opened(snapshot) if snapshot is not None else self.files.at(path)

    def is_own(self, path: Path) -> bool:
        """Whether a file belongs to the workspace itself, not to what is installed in it."""
        return any(path.is_relative_to(folder) for folder in self.folders) and not _is_installed(path, self.folders)

    def shown(self, path: Path) -> str:
        """A path as the model shall read it: from the folder it is in, or as it is imported."""
        for base in (*self.folders, *_installations(path)):
            if path.is_relative_to(base) and not _is_installed(path, (base,)):
                return path.relative_to(base).as_posix()
        return "/".join(path.parts[-2:]).lstrip("/")


_INSTALLED = ("site-packages", "dist-packages", "node_modules")


def _is_installed(path: Path, folders: tuple[Path, ...]) -> bool:
    """Whether a path leads, from the folder that holds it on, through one where packages are installed."""
    below = (path.relative_to(each) for each in folders if path.is_relative_to(each))
    return any(part in _INSTALLED for each in below for part in each.parts)


def _installations(path: Path) -> Iterator[Path]:
    return (parent for parent in path.parents if parent.name in _INSTALLED)
