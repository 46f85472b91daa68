from __future__ import annotations

from pathlib import Path

from mendline.context.surroundings import Surroundings
from support.cursor_text import snapshot_at
from support.packages import related, shown

APP = "--- app.py\ndef f():\n    used()\n    ˇ"


def found(folder: Path, *files: tuple[str, str, str], refused: str = "") -> list[str]:
    opened = tuple(snapshot_at(f"{text}ˇ", language, path=str(folder / name))[0] for name, language, text in files)
    surroundings = Surroundings(folders=(folder,), open=opened, refused=lambda path: path.name == refused)
    return shown(related(folder, APP, surroundings), "openFiles")


def test_what_open_files_define_names_used_here_first_then_by_visit(tmp_path: Path) -> None:
    text = "import os\nLIMIT = 1\ndef {}(): ...\ndef _private(): ...\n"
    assert found(
        tmp_path,
        ("a.py", "python", text.format("first")),
        ("b.py", "python", text.format("used")),
        ("c.ts", "typescript", "function used() {}\n"),
        ("d.py", "python", ""),
    ) == ["b.py: def used(): ...", "a.py: def first(): ..."]


def test_only_a_few_files_and_a_few_definitions_of_each(tmp_path: Path) -> None:
    many = "".join(f"def f{number}(): ...\n" for number in range(50))
    pieces = found(tmp_path, *((f"{name}.py", "python", many) for name in "abcdefg"))
    assert [sum(each.startswith(name) for each in pieces) for name in "abcdefg"] == [10, 10, 10, 10, 0, 0, 0]


def test_files_that_are_refused_are_left_out(tmp_path: Path) -> None:
    assert found(tmp_path, ("a.py", "python", "def f(): ...\n"), refused="a.py") == []
