"""What is known beside the document the cursor is in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import field, frozen

from mendline.context.files import SourceFile, SourceFiles
from mendline.workspace.history import RecentEdit
from mendline.workspace.index.model import SymbolIndex
from mendline.workspace.store import Snapshot


def _nothing(_: Path) -> bool:
    return False


@frozen
class Diagnostic:
    """A problem in a document, found by whomever; `line` counts from 0."""

    uri: str
    line: int
    message: str


@frozen
class Surroundings:
    """What related code is gathered from, at one moment.

    Attributes:
        folders: the workspace's, absolute.
        open: the other documents the editor has open, the one visited last first. Their trees are parsed already.
        edits: the last changes of all documents, the newest first.
        diagnostics: what others found wrong in documents.
        indexes: what is known of the files of a folder.
        files: reads what is on disk.
        refused: says of a path whether the file may not be looked at.
    """

    folders: tuple[Path, ...] = ()
    open: tuple[Snapshot, ...] = ()
    edits: tuple[RecentEdit, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    indexes: tuple[tuple[Path, SymbolIndex], ...] = ()
    files: SourceFiles = field(factory=SourceFiles)
    refused: Callable[[Path], bool] = _nothing

    def file(self, path: Path) -> SourceFile | None:
        """What is in a file: as the editor has it where it is open, else as it is on disk; None if it is refused."""
        if self.refused(path):
            return None
        snapshot = next((each for each in self.open if each.path is not None and Path(each.path) == path), None)
        return self.files.opened(snapshot) if snapshot is not None else self.files.at(path)

    def beginning(self, path: Path, most_bytes: int) -> str:
        """The beginning of a text; empty where it can't be read, is refused, or is a link out of the workspace."""
        folder, real = self.folder_of(path), os.path.realpath(path)
        if folder is None or self.refused(path) or not Path(real).is_relative_to(os.path.realpath(folder)):
            return ""
        return self.files.beginning(path, most_bytes)

    def folder_of(self, path: Path | None) -> Path | None:
        """The workspace's folder that a file is in, the innermost; the first one for what is in none."""
        holding = [each for each in self.folders if path is not None and path.is_relative_to(each)]
        return max(holding, key=lambda each: len(each.parts), default=self.folders[0] if self.folders else None)

    def index_for(self, path: Path | None) -> tuple[Path, SymbolIndex] | None:
        """The index of the folder that a file is in, with the folder."""
        folder = self.folder_of(path)
        return next((each for each in self.indexes if each[0] == folder), None)

    def is_own(self, path: Path) -> bool:
        """Whether a file belongs to the workspace itself, not to what is installed in it."""
        return any(path.is_relative_to(folder) for folder in self.folders) and not is_installed(path, self.folders)

    def shown(self, path: Path) -> str:
        """A path as the model shall read it: from the folder it is in, or as it is imported."""
        for base in (*self.folders, *_installations(path)):
            if path.is_relative_to(base) and not is_installed(path, (base,)):
                return path.relative_to(base).as_posix()
        return "/".join(path.parts[-2:]).lstrip("/")


_INSTALLED = ("site-packages", "dist-packages", "node_modules")


def is_installed(path: Path, folders: tuple[Path, ...]) -> bool:
    """Whether a path leads, from one of the folders on, through a folder where packages are installed."""
    below = (path.relative_to(each) for each in folders if path.is_relative_to(each))
    return any(part in _INSTALLED for each in below for part in each.parts)


def _installations(path: Path) -> Iterator[Path]:
    return (parent for parent in path.parents if parent.name in _INSTALLED)
