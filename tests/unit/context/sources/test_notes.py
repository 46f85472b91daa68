from __future__ import annotations

from pathlib import Path

from mendline.context.sources.notes import MOST_BYTES
from mendline.context.surroundings import Surroundings
from support.packages import draw, related, shown

APP = "--- app.py\nˇ\n"


def found(folder: Path) -> list[str]:
    return shown(related(folder, APP), "notes")


def test_both_files_mendlines_own_first(tmp_path: Path) -> None:
    (tmp_path / ".mendline").mkdir()
    (tmp_path / ".mendline" / "notes.md").write_text("Use attrs.\n\nNever print.\n")
    (tmp_path / "AGENTS.md").write_text("# Style\n")
    assert found(tmp_path) == [".mendline/notes.md: Use attrs. / Never print.", "AGENTS.md: # Style"]


def test_none_where_there_are_none(tmp_path: Path) -> None:
    assert found(tmp_path) == []
    (tmp_path / "AGENTS.md").write_text(" \n")
    assert found(tmp_path) == []


def test_only_the_beginning_to_a_whole_line(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("".join(f"rule number {number}\n" for number in range(1000)))
    (piece,) = dict(related(tmp_path, APP).pieces)["notes"]
    assert MOST_BYTES - 40 < len(piece.text) <= MOST_BYTES
    assert piece.text.splitlines()[-1].startswith("rule number ")


def test_those_of_the_innermost_folder(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "AGENTS.md").write_text("outer\n")
    (inner / "AGENTS.md").write_text("inner\n")
    surroundings = Surroundings(folders=(tmp_path, inner))
    draw(tmp_path, "--- inner/app.py\nˇ\n")
    assert shown(related(tmp_path, "--- inner/app.py\nˇ\n", surroundings), "notes") == ["AGENTS.md: inner"]


def test_a_link_leads_nowhere_outside_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (tmp_path / "private.md").write_text("nobody's business\n")
    (folder / "AGENTS.md").symlink_to(tmp_path / "private.md")
    assert found(folder) == []
    (folder / "AGENTS.md").unlink()
    (folder / "CONTRIBUTING.md").write_text("be kind\n")
    (folder / "AGENTS.md").symlink_to("CONTRIBUTING.md")
    assert found(folder) == ["AGENTS.md: be kind"]
