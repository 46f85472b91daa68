from __future__ import annotations

from pathlib import Path

from mendline.context.focus import Focus
from mendline.context.sources.diagnostics import diagnostics
from mendline.context.surroundings import Diagnostic, Surroundings
from mendline.workspace.notebooks import Cell
from mendline.workspace.store import Workspace
from support.packages import draw, related, shown

DRAWN = "--- app.py\ndef f(:\n    pass\n\n\nx = f(ˇ\n\n\n\ny = 1\n"


def test_syntax_problems_beside_the_cursors_line(tmp_path: Path) -> None:
    pieces = shown(related(tmp_path, DRAWN), "diagnostics")
    assert pieces
    assert all(each.startswith("diagnostics.txt: app.py:1: ") for each in pieces)


def test_what_others_found_in_the_lines_around(tmp_path: Path) -> None:
    snapshot, _ = draw(tmp_path, "--- app.py\nx = 1ˇ\n")
    told = [
        Diagnostic(snapshot.uri, 9, "further"),
        Diagnostic(snapshot.uri, 3, "near\nby"),
        Diagnostic(snapshot.uri, 0, "on the line itself"),
        Diagnostic(snapshot.uri, 100, "far away"),
        Diagnostic("file:///other.py", 3, "elsewhere"),
    ]
    surroundings = Surroundings(folders=(tmp_path,), diagnostics=tuple(told))
    assert shown(related(tmp_path, "--- app.py\nx = 1ˇ\n", surroundings), "diagnostics") == [
        "diagnostics.txt: app.py:4: near by",
        "diagnostics.txt: app.py:10: further",
    ]


def test_they_stay_while_the_cursor_moves_on(tmp_path: Path) -> None:
    lines = ["x = 1"] * 100
    lines[10] = "y = )"
    shown_at = set()
    for line in range(20, 90, 7):
        drawn = "\n".join([*lines[:line], "ˇ", *lines[line:]])
        shown_at.add(tuple(shown(related(tmp_path, f"--- app.py\n{drawn}\n"), "diagnostics")))
    assert len(shown_at) == 1
    assert "app.py:11" in str(shown_at)


def test_commands_to_a_notebook_are_none() -> None:
    lines = "%matplotlib inline\n!ls (\ny = )\n" + "\n" * 5
    workspace = Workspace()
    workspace.open_notebook("book", "/w/book.ipynb", [Cell("cell", is_code=True)])
    workspace.open_cell("book", "cell", "python", 1, lines)
    snapshot = workspace.snapshot("cell")
    assert snapshot is not None
    found = diagnostics(Focus.of(snapshot, len(lines), ()), Surroundings())
    assert [each.text for each in found] == ['w/book.ipynb:3: unexpected "y = )"']
