"""Trees that are parsed late: once for a burst, when asked for, and then the ones that parsing at once would give."""

from __future__ import annotations

import pytest

from mendline.syntax.tree import Tree
from mendline.workspace.store import Change, Snapshot, Workspace
from support.counted_parses import counted_parses

URI = "file:///a.py"


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are parsed incrementally, in order."""
    return counted_parses(monkeypatch)


def opened(text: str = "x = \n") -> Workspace:
    workspace = Workspace()
    workspace.open(URI, "python", 1, text, "/a.py")
    return workspace


def typed(workspace: Workspace, text: str) -> None:
    """Type into the first line, a character at a time."""
    for number, character in enumerate(text):
        at = (0, 4 + number)
        workspace.change(URI, 2 + number, [Change(character, at, at)])


def now(workspace: Workspace) -> Snapshot:
    snapshot = workspace.snapshot(URI)
    assert snapshot is not None
    return snapshot


def test_a_burst_of_keystrokes_is_parsed_once(parses: list[str]) -> None:
    workspace = opened()
    typed(workspace, "12345")
    snapshot = now(workspace)
    assert parses == []
    assert snapshot.tree is not None
    assert snapshot.tree.document is snapshot.document
    assert parses == ["x = 12345\n"]


def test_a_tree_made_ahead_is_the_snapshots(parses: list[str]) -> None:
    workspace = opened()
    typed(workspace, "1")
    before = now(workspace)
    workspace.parse(URI)
    workspace.parse(URI)
    assert before.tree is now(workspace).tree is not None
    assert parses == ["x = 1\n"]
    workspace.parse("file:///not-open.py")


def test_a_snapshot_gets_the_tree_of_its_own_text_however_late() -> None:
    workspace = opened()
    typed(workspace, "(")
    broken = now(workspace)
    typed(workspace, "1, ")
    workspace.change(URI, 9, [Change("x = 1\n")])
    sound = now(workspace).tree
    assert sound is not None
    assert not sound.root.has_error
    workspace.close(URI)
    assert broken.tree is not None
    assert broken.tree.document.text == "x = (\n"
    assert broken.tree.root.has_error


@pytest.mark.parametrize("ahead", [(), (0,), (1, 3), (0, 1, 2, 3, 4)], ids=str)
def test_it_does_not_matter_when_is_parsed(ahead: tuple[int, ...]) -> None:
    workspace = opened("def f(a):\n    return a\n\n\nf('é🎉')\n")
    steps = [
        [Change("b, ", (0, 6), (0, 6))],
        [Change("    b = (1\n", (1, 0), (1, 0))],
        [Change(", 2)", (1, 10), (1, 10)), Change("", (0, 8), (0, 9)), Change(" c", (0, 8), (0, 8))],
        [Change("'🎉'", (5, 2), (5, 7))],
        [Change("", (3, 0), (4, 0)), Change("if f:\r\n    ", (4, 0), (4, 0))],
    ]
    for number, changes in enumerate(steps):
        workspace.change(URI, number, changes)
        if number in ahead:
            workspace.parse(URI)
    tree = now(workspace).tree
    assert tree is not None
    fresh = Tree.parse(tree.document, tree.language)
    assert fresh is not None
    assert not fresh.root.has_error
    assert str(tree.root) == str(fresh.root)
