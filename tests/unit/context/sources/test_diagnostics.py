from __future__ import annotations

from pathlib import Path

from mendline.context.surroundings import Diagnostic, Surroundings
from support.packages import draw, related, shown

DRAWN = "--- app.py\ndef f(:\n    pass\n\n\nx = f(ˇ\n\n\n\ny = 1\n"


def test_syntax_problems_beside_the_cursors_line(tmp_path: Path) -> None:
    pieces = shown(related(tmp_path, DRAWN), "diagnostics")
    assert pieces
    assert all(each.startswith("diagnostics.txt: app.py:1: ") for each in pieces)


def test_what_others_found_nearest_first(tmp_path: Path) -> None:
    snapshot, _ = draw(tmp_path, "--- app.py\nx = 1ˇ\n")
    told = [
        Diagnostic(snapshot.uri, 9, "further"),
        Diagnostic(snapshot.uri, 3, "near\nby"),
        Diagnostic(snapshot.uri, 0, "on the line itself"),
        Diagnostic(snapshot.uri, 900, "far away"),
        Diagnostic("file:///other.py", 3, "elsewhere"),
    ]
    surroundings = Surroundings(folders=(tmp_path,), diagnostics=tuple(told))
    assert shown(related(tmp_path, "--- app.py\nx = 1ˇ\n", surroundings), "diagnostics") == [
        "diagnostics.txt: app.py:4: near by",
        "diagnostics.txt: app.py:10: further",
    ]
