from __future__ import annotations

from pathlib import Path

import pytest

from mendline.context.assembly import assemble
from mendline.context.surroundings import Surroundings
from mendline.workspace.history import RecentEdit
from support.packages import draw, related, shown

APP = f"--- app.py\nx = ˇ\n{'y = 1' * 9}\n"


def found(folder: Path, *edits: RecentEdit, refused: str = "") -> list[str]:
    surroundings = Surroundings(folders=(folder,), edits=edits, refused=lambda path: path.name == refused)
    return shown(related(folder, APP, surroundings), "edits")


def edit(folder: Path, before: str, after: str, *, name: str = "lib.py", line: int = 0) -> RecentEdit:
    return RecentEdit((folder / name).as_uri(), str(folder / name), line, before, after)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("def f(a):", "def f(a, b):", ["recent.diff: --- lib.py / -def f(a): / +def f(a, b):"]),
        ("a\nb\nc", "a\nB\nc", ["recent.diff: --- lib.py / -b / +B"]),
        ("a\na", "a", ["recent.diff: --- lib.py / -a"]),
        ("", "new = 1", ["recent.diff: --- lib.py / + / +new = 1"]),
        ("", "  ", []),
        ("x\n" * 20, "y\n" * 20, []),
    ],
)
def test_as_small_differences(tmp_path: Path, before: str, after: str, expected: list[str]) -> None:
    pieces = found(tmp_path, edit(tmp_path, before, after))
    assert pieces == expected or pieces == [each.replace(" / + /", " /") for each in expected]


def test_what_is_changed_around_the_cursor_is_left_out(tmp_path: Path) -> None:
    snapshot, _ = draw(tmp_path, APP)
    here = RecentEdit(snapshot.uri, snapshot.path, 5, "near", "NEAR")
    far = RecentEdit(snapshot.uri, snapshot.path, 50, "far", "FAR")
    assert found(tmp_path, here, far) == ["recent.diff: --- app.py / -far / +FAR"]


def test_the_newest_count_most_and_are_shown_in_their_order(tmp_path: Path) -> None:
    edits = [edit(tmp_path, f"old_value_{number}", f"new_value_{number}") for number in range(9, 0, -1)]
    assert [each[-1] for each in found(tmp_path, *edits)] == list("987654")
    found_ = related(tmp_path, APP, Surroundings(folders=(tmp_path,), edits=tuple(edits)))
    (part,) = assemble(found_, 130, "")
    assert [line[-1] for line in part.chunk.text.splitlines() if line.startswith("+")] == list("789")


def test_refused_files_and_documents_of_no_file_are_left_out(tmp_path: Path) -> None:
    secret = edit(tmp_path, "a", "KEY=1", name="secret.py")
    assert found(tmp_path, secret, RecentEdit("untitled:1", None, 0, "a", "b"), refused="secret.py") == []
