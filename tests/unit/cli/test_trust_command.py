"""`mendline trust`."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def test_from_nothing_to_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", "--list"]) == 1
    assert main(["trust"]) == 0
    said = capsys.readouterr()
    assert said.out == f"{folder}\n"
    assert LABELS[best_way()] in said.err
    (folder / "inner").mkdir()
    assert main(["trust", "inner"]) == 0
    assert main(["trust", "--list"]) == 0
    assert capsys.readouterr().out == f"{folder}/inner\n{folder}\n{folder}/inner\n"
    assert main(["trust", "--remove", "inner"]) == 0
    assert f"still trusted, since it is in {folder}" in capsys.readouterr().err
    assert main(["trust", "--remove", str(folder)]) == 0
    assert main(["trust", "--list"]) == 1
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("arguments", [["/"], ["missing"], ["--remove"]])
def test_what_can_not_be_done_is_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1
