"""Open documents: snapshots stay as they are, trees follow, time is bounded."""

from __future__ import annotations

import pytest

from mendline.syntax.problems import problems
from mendline.syntax.tree import Tree
from mendline.text.positions import PositionEncoding
from mendline.workspace.notebooks import Cell
from mendline.workspace.store import Change, ParseLimits, Workspace

URI = "file:///a.py"


def opened(text: str, language: str = "python", **options: object) -> Workspace:
    workspace = Workspace(**options)  # type: ignore[arg-type]  # passed through
    workspace.open(URI, language, 1, text, "/a.py")
    return workspace


def text_of(workspace: Workspace, uri: str = URI) -> str | None:
    snapshot = workspace.snapshot(uri)
    return snapshot and snapshot.document.text


def test_a_snapshot_never_changes() -> None:
    workspace = opened("a = 1\n")
    before = workspace.snapshot(URI)
    assert before is not None
    workspace.change(URI, 2, [Change("b", (0, 0), (0, 1))])
    workspace.close(URI)
    assert (before.document.text, before.version, before.path, before.language_id) == ("a = 1\n", 1, "/a.py", "python")
    assert before.tree is not None
    assert before.tree.document is before.document
    assert workspace.snapshot(URI) is None


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("abc", [Change("X", (0, 1), (0, 2))], "aXc"),
        ("abc", [Change("new")], "new"),
        ("abc", [Change("new"), Change("!", (0, 3), (0, 3))], "new!"),
        ("a\nb", [Change("", (0, 1), (1, 0)), Change("c", (0, 2), (0, 2))], "abc"),
        ("abc", [Change("X", (0, 2), (0, 1))], "aXc"),
        ("abc", [Change("X", (5, 0), (9, 9))], "abcX"),
        ("🎉b", [Change("X", (0, 2), (0, 3))], "🎉X"),
        ("a\x0cb\u2028c\u0085d\ne", [Change("X", (1, 0), (1, 1))], "a\x0cb\u2028c\u0085d\nX"),
        ("a\rb\r\nc", [Change("X", (2, 0), (2, 1))], "a\rb\r\nX"),
        ("abc", [], "abc"),
    ],
)
def test_changes(text: str, changes: list[Change], expected: str) -> None:
    workspace = opened(text)
    assert workspace.change(URI, 2, changes)
    snapshot = workspace.snapshot(URI)
    assert snapshot is not None
    assert (snapshot.document.text, snapshot.version) == (expected, 2)
    assert snapshot.tree is not None
    assert snapshot.tree.document.text == expected
    fresh = Tree.parse(snapshot.document, snapshot.tree.language)
    assert fresh is not None
    assert str(fresh.root) == str(snapshot.tree.root)


@pytest.mark.parametrize("encoding", list(PositionEncoding))
def test_positions_count_in_the_workspaces_encoding(encoding: PositionEncoding) -> None:
    workspace = opened("é🎉x", encoding=encoding)
    workspace.change(URI, 2, [Change("!", (0, encoding.width("é🎉")), (0, encoding.width("é🎉x")))])
    assert text_of(workspace) == "é🎉!"


def test_what_is_not_open() -> None:
    workspace = Workspace()
    assert workspace.snapshot(URI) is None
    assert not workspace.change(URI, 1, [Change("x")])
    assert not workspace.splice_cells(URI, 0, 1, [])
    workspace.close(URI)
    workspace.close_notebook(URI)


def test_uris_are_the_same_however_they_are_encoded() -> None:
    workspace = Workspace()
    workspace.open("file:///c%3A/a%20b.py", "python", 1, "x")
    assert text_of(workspace, "file:///c:/a b.py") == "x"


@pytest.mark.parametrize(("language", "parsed"), [("python", True), ("typescriptreact", True), ("cobol", False)])
def test_languages_without_a_grammar_have_no_tree(language: str, parsed: bool) -> None:
    workspace = Workspace()
    workspace.open("untitled:1", language, 1, "x")
    snapshot = workspace.snapshot("untitled:1")
    assert snapshot is not None
    assert (snapshot.tree is not None) is parsed


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_parse_that_takes_too_long_is_put_off_and_made_up_for() -> None:
    clock = Clock()
    hurried = ParseLimits(fresh_ms=1000, change_ms=-1, retry_seconds=2)
    workspace = opened("x = (1)\n", limits=hurried, clock=clock)
    workspace.change(URI, 2, [Change("", (0, 6), (0, 7))])
    snapshot = workspace.snapshot(URI)
    assert snapshot is not None
    assert snapshot.tree is None
    workspace.limits = ParseLimits()
    workspace.change(URI, 3, [Change("y", (0, 0), (0, 1))])
    snapshot = workspace.snapshot(URI)
    assert snapshot is not None
    assert (snapshot.document.text, snapshot.tree) == ("y = (1\n", None)
    clock.now += 2
    # No further change comes, and the tree is there all the same.
    snapshot = workspace.snapshot(URI)
    assert snapshot is not None
    assert snapshot.tree is not None
    assert len(problems(snapshot.tree, 10)) == 1


def test_cells_know_the_code_before_them() -> None:
    workspace = Workspace()
    cells = [Cell("a", True), Cell("note", False), Cell("sql", True), Cell("b", True)]
    workspace.open_notebook("nb", "/n.ipynb", cells)
    for uri, language in (("a", "python"), ("note", "markdown"), ("sql", "sql"), ("b", "python")):
        workspace.open_cell("nb", uri, language, 1, f"text of {uri}")

    def before(uri: str) -> tuple[str, ...]:
        snapshot = workspace.snapshot(uri)
        assert snapshot is not None
        assert snapshot.path == "/n.ipynb"
        return snapshot.cells_before

    assert before("b") == ("text of a",)
    assert before("a") == ()
    workspace.open_cell("nb", "c", "python", 1, "text of c")
    workspace.splice_cells("nb", 1, 1, [Cell("c", True)])
    assert before("b") == ("text of a", "text of c")
    workspace.retype_cell("nb", Cell("a", False))
    assert before("b") == ("text of c",)
    workspace.change("c", 2, [Change("changed")])
    assert before("b") == ("changed",)
    workspace.close_notebook("nb")
    assert workspace.snapshot("b") is None


def test_documents_in_the_order_in_which_they_were_visited() -> None:
    workspace = Workspace()
    for name in "abc":
        workspace.open(f"file:///{name}", "python", 1, "")
    workspace.change("file:///a", 2, [Change("x")])
    workspace.visit("file:///b")
    workspace.visit("file:///nowhere")
    assert [each.uri[-1] for each in workspace.snapshots()] == ["b", "a", "c"]


def test_cells_are_no_documents_of_their_own() -> None:
    workspace = Workspace()
    workspace.open_notebook("file:///n.ipynb", "/n.ipynb", [Cell("cell:1", True)])
    workspace.open_cell("file:///n.ipynb", "cell:1", "python", 1, "x")
    assert workspace.snapshots() == ()
