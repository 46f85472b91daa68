"""Which project a document belongs to, and what of it isn't on the disk as the editor has it."""

from __future__ import annotations

import atexit
import functools
import itertools
from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import frozen

from mendline.checks.check import Project
from mendline.checks.scratch import Scratch
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.exclusion import excluded_by
from mendline.workspace.notebooks import is_foreign, without_magics
from mendline.workspace.reading import decoded, read_bytes
from mendline.workspace.store import Snapshot

_MOST_BYTES = 4 * 2**20


@functools.cache
def empty_folder() -> Path:
    """An empty folder that only the user can read and that goes with the process.

    Raises:
        OSError: there is no room for it.
    """
    scratch = Scratch.make()
    atexit.register(scratch.remove)
    folder = scratch.folder / "empty"
    folder.mkdir(mode=0o700)
    return folder


@frozen
class Projects:
    """The folders of the workspace as projects.

    Attributes:
        folders: tells which there are.
        trusts: tells whether the user lets code of a folder be executed; may read the disk.
        nowhere: makes an empty folder for what is in none.
    """

    folders: Callable[[], tuple[Path, ...]]
    trusts: Callable[[Path], bool]
    nowhere: Callable[[], Path] = empty_folder

    def of(self, path: str) -> tuple[Project, str]:
        """The project of a file, and the file's path in it: the innermost folder around it, else its own folder."""
        file = Path(path)
        around = [folder for folder in self.folders() if file.is_relative_to(folder)]
        root = max(around, key=lambda folder: len(folder.parts), default=file.parent)
        return Project(root, self.trusts(root)), file.relative_to(root).as_posix()

    def of_unfiled(self, snapshot: Snapshot) -> tuple[Project, str]:
        """A project for a text that is in no file, and a name for it that no file has: nothing is part of it.

        A notebook's cell gets one beside the notebook, in its project. What has no place at all gets an empty one, and
        the programs of the first folder.

        Raises:
            OSError: there is no room for an empty folder.
        """
        ending = next(iter(snapshot.language.extensions), "") if snapshot.language is not None else ""
        if snapshot.path is not None:
            project, path = self.of(snapshot.path)
            names = (f"{path}.cell{number or ''}{ending}" for number in itertools.count())
            return project, next(name for name in names if not (project.root / name).exists())
        first = next(iter(self.folders()), None)
        return Project(self.nowhere(), first is not None and self.trusts(first), first), f"untitled{ending}"


def code_above(snapshot: Snapshot) -> str | None:
    """What is executed before a cell: the earlier cells that parse, in Python; None for what is no cell."""
    if not snapshot.is_cell or snapshot.language is None or snapshot.language.id != "python":
        return None
    plain = [without_magics(each).rstrip() for each in snapshot.cells_before if not is_foreign(each)]
    trees = [Tree.parse(Document.of(each), snapshot.language) for each in plain]
    sound = [each for each, tree in zip(plain, trees, strict=True) if tree is not None and not tree.root.has_error]
    return "".join(f"{each}\n" for each in sound)


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
