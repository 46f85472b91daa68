"""Which project a document belongs to, and what of it isn't saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Project
from mendline.lsp.projects import Projects, unsaved
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
