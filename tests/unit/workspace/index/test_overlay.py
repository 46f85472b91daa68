"""Open documents over files."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.syntax import outline as outlining
from mendline.workspace.index import overlay
from mendline.workspace.index.overlay import Outlines, OverlaidIndex
from mendline.workspace.store import Change, Workspace
from support.indexed import Indexed

FILES = {
    "a.py": "def saved(wheel): return wheel\nclass Shared: pass\n",
    "b.py": "def other(wheel): return wheel\nclass Shared: pass\n",
}


def edited(indexed: Indexed, text: str) -> Workspace:
    workspace = Workspace()
    path = str(indexed.root / "a.py")
    workspace.open(f"file://{path}", "python", 1, text, path)
    workspace.open("untitled:1", "python", 1, "def untitled(): pass")
    return workspace


def test_an_open_document_stands_in_place_of_its_file(tmp_path: Path) -> None:
    indexed = Indexed.of(tmp_path, FILES)
    workspace = edited(indexed, "class Shared:\n    def typed(self): pass\n")
    index = OverlaidIndex.of(indexed.index, indexed.root, workspace.snapshots(), Outlines())
    assert [each.name for each in index.in_file("a.py")] == ["Shared", "typed"]
    assert [each.name for each in index.in_file("b.py")] == ["other", "Shared"]
    assert [each.path for each in index.definitions(["Shared"])] == ["a.py", "b.py"]
    assert index.definitions(["saved", "untitled"]) == ()
    assert [name for name in ("typed", "other", "saved") if index.knows(name)] == ["typed", "other"]
    assert [each.path for each in index.search(["wheel"])] == ["b.py"]
    assert len(index.definitions(["Shared"], limit=1)) == 1


def test_a_version_is_outlined_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indexed = Indexed.of(tmp_path, FILES)
    workspace = edited(indexed, "x = 1\n")
    outlines = Outlines()
    calls: list[int] = []

    def counted(tree):
        calls.append(1)
        return outlining.outline(tree)

    monkeypatch.setattr(overlay, "outline", counted)
    for _ in range(3):
        index = OverlaidIndex.of(indexed.index, indexed.root, workspace.snapshots(), outlines)
        assert index.knows("x")
    assert len(calls) == 1
    workspace.change(f"file://{indexed.root / 'a.py'}", 2, [Change("y", (0, 0), (0, 1))])
    index = OverlaidIndex.of(indexed.index, indexed.root, workspace.snapshots(), outlines)
    assert len(calls) == 1
    assert index.knows("y")
    assert len(calls) == 2
