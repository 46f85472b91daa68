"""Which project a document belongs to, and what of it isn't on the disk as the editor has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import frozen

from mendline.checks.check import Project
from mendline.workspace.exclusion import excluded_by
from mendline.workspace.reading import decoded, read_bytes
from mendline.workspace.store import Snapshot

_MOST_BYTES = 4 * 2**20


@frozen
class Projects:
    """The folders of the workspace as projects.

    Attributes:
        folders: tells which there are.
        trusts: tells whether the user lets code of a folder be executed; may read the disk.
    """

    folders: Callable[[], tuple[Path, ...]]
    trusts: Callable[[Path], bool]

    def of(self, path: str) -> tuple[Project, str]:
        """The project of a file, and the file's path in it: the innermost folder around it, else its own folder."""
        file = Path(path)
        around = [folder for folder in self.folders() if file.is_relative_to(folder)]
        root = max(around, key=lambda folder: len(folder.parts), default=file.parent)
        return Project(root, self.trusts(root)), file.relative_to(root).as_posix()


def unsaved(project: Project, snapshots: Iterable[Snapshot], exclude: tuple[str, ...]) -> dict[str, str]:
    """The texts of open documents of a project that differ from their files, by path; reads the disk."""
    found: dict[str, str] = {}
    for each in snapshots:
        file = Path(each.path) if each.path else None
        if file is None or not file.is_relative_to(project.root) or excluded_by(each.path, exclude):
            continue
        content = read_bytes(file, _MOST_BYTES)
        if content is None or decoded(content) != each.document.text:
            found[file.relative_to(project.root).as_posix()] = each.document.text
    return found
