"""Which project a document belongs to, and what of it isn't saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Project
from mendline.lsp.projects import Projects, code_above, empty_folder, unsaved
from mendline.workspace.notebooks import Cell
from mendline.workspace.store import Workspace


@pytest.mark.parametrize(
    ("path", "root", "inside", "trusted"),
    [
        ("/w/a.py", "/w", "a.py", True),
        ("/w/sub/deep/a.py", "/w", "sub/deep/a.py", True),
        ("/w/inner/src/a.py", "/w/inner", "src/a.py", False),
        ("/elsewhere/src/a.py", "/elsewhere/src", "a.py", False),
        ("/w2/a.py", "/w2", "a.py", False),
    ],
)
def test_the_innermost_folder_counts(path: str, root: str, inside: str, trusted: bool) -> None:
    projects = Projects(lambda: (Path("/w"), Path("/w/inner")), lambda folder: folder == Path("/w"))
    assert projects.of(path) == (Project(Path(root), trusted), inside)


def test_only_what_differs_from_the_disk_and_is_no_secret(tmp_path: Path) -> None:
    workspace = Workspace()
    texts = {
        "same.py": "x\n",
        "marked.py": "x\n",
        "changed.py": "y\n",
        "new.py": "z\n",
        ".env": "KEY=1\n",
        "left.py": "1\n",
    }
    (tmp_path / "same.py").write_text("x\n")
    (tmp_path / "marked.py").write_bytes(b"\xef\xbb\xbfx\n")
    (tmp_path / "changed.py").write_text("x\n")
    for name, text in texts.items():
        file = tmp_path / name
        workspace.open(file.as_uri(), "python", 1, text, str(file))
    workspace.open("file:///elsewhere/a.py", "python", 1, "x", "/elsewhere/a.py")
    workspace.open("untitled:one", "python", 1, "x", None)
    found = unsaved(Project(tmp_path), workspace.snapshots(), ("left.py",))
    assert found == {"changed.py": "y\n", "new.py": "z\n"}


@pytest.mark.parametrize(
    ("path", "language", "root", "inside"),
    [
        (None, "python", None, "untitled.py"),
        (None, "rust", None, "untitled.rs"),
        (None, "unheard-of", None, "untitled"),
        ("sub/book.ipynb", "python", "", "sub/book.ipynb.cell.py"),
        ("taken.ipynb", "python", "", "taken.ipynb.cell1.py"),
    ],
)
def test_what_is_in_no_file_gets_a_name_that_no_file_has(
    path: str | None, language: str, root: str | None, inside: str, tmp_path: Path
) -> None:
    (tmp_path / "taken.ipynb.cell.py").touch()
    workspace = Workspace()
    workspace.open("untitled:one", language, 1, "x", None if path is None else str(tmp_path / path))
    snapshot = workspace.snapshot("untitled:one")
    assert snapshot is not None
    empty = tmp_path / "empty"
    project, name = Projects(lambda: (tmp_path,), lambda folder: folder == tmp_path, lambda: empty).of_unfiled(snapshot)
    assert name == inside
    assert project == (Project(empty, True, tmp_path) if root is None else Project(tmp_path, True))


def test_the_empty_folder_is_empty_and_stays_the_same() -> None:
    assert list(empty_folder().iterdir()) == []
    assert empty_folder() == empty_folder()


@pytest.mark.parametrize(
    ("cells", "above"),
    [
        (["x"], ""),
        (["import os\n", "x"], "import os\n"),
        (["%cd ..\n!ls\n%%time\nx = (5\n  % 3)", "y", "z"], "#cd ..\n#ls\n#%time\nx = (5\n  % 3)\ny\n"),
        (["if x:\n    !ls (\n", "z"], "if x:\n    0#s (\n"),
        (["def half(:", "y", "z"], "y\n"),
        (["%%bash\nx = 1\n", "y", "z"], "y\n"),
    ],
)
def test_above_a_cell_stand_the_cells_that_parse(cells: list[str], above: str) -> None:
    workspace = Workspace()
    workspace.open_notebook("book", None, [Cell(str(number), True) for number in range(len(cells))])
    for number, text in enumerate(cells):
        workspace.open_cell("book", str(number), "python", 1, text)
    snapshot = workspace.snapshot(str(len(cells) - 1))
    assert snapshot is not None
    assert code_above(snapshot) == above


def test_above_what_is_no_cell_stands_nothing() -> None:
    workspace = Workspace()
    workspace.open("a.py", "python", 1, "x", None)
    snapshot = workspace.snapshot("a.py")
    assert snapshot is not None
    assert code_above(snapshot) is None
