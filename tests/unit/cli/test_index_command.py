"""`mendline index` and what `mendline doctor` says of it."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest

from mendline.cli import main
from mendline.cli.doctor.findings import Level
from mendline.cli.doctor.server import index as findings
from mendline.settings.loading import load
from mendline.settings.model import ContextSettings
from mendline.workspace.index import database
from mendline.workspace.index.once import builder_of
from support.indexed import write_files


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    write_files(tmp_path / "work", {"a.py": "class A: pass\n", "b.py": "# @generated\n", "p.py": "p = 1\n"})
    write_files(tmp_path / "work", {".mendline.toml": 'privacy.exclude = ["p.py"]\n'})
    return tmp_path / "work"


def test_from_nothing_to_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "status", str(folder)]) == 1
    assert "no index" in capsys.readouterr().err
    assert main(["index", "update", str(folder)]) == 0
    line = "ready: 1 files, 1 definitions, 0 passages; left out: 1 generated, 1 ignored"
    assert capsys.readouterr().out == f"{line}\n"
    assert main(["index", "status", str(folder)]) == 0
    assert capsys.readouterr().out.startswith(f"{line}\n")
    assert main(["index", "status", "--json", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out)["state"]["definitions"] == 1
    assert main(["index", "rebuild", str(folder)]) == 0
    assert main(["index", "clear", str(folder)]) == 0
    capsys.readouterr()
    assert main(["index", "status", "--json", str(folder)]) == 1
    assert json.loads(capsys.readouterr().out)["state"] is None


def test_an_index_that_a_server_keeps_is_its_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with builder_of(folder, ()):
        assert main(["index", "update", str(folder)]) == 2
    assert "language server" in capsys.readouterr().err


def test_a_cache_that_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = folder / "a.py" / "state"
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(blocked))
    assert main(["index", "update", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "can't be used" in said
    assert "Traceback" not in said


def test_a_folder_that_is_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "update", str(folder / "missing")]) == 2
    assert main(["index", "update", "/"]) == 2
    assert "too wide" in capsys.readouterr().err


def test_doctor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(folder)
    assert "none" in next(iter(findings(loaded, folder))).value
    monkeypatch.setattr(database, "_SEARCH", "CREATE VIRTUAL TABLE search USING none_such(words)")
    main(["index", "update", str(folder)])
    first, second = findings(loaded, folder)
    assert first.value.startswith("ready: 1 files")
    assert second.level is Level.NOTE
    off = attrs.evolve(loaded, settings=attrs.evolve(loaded.settings, context=ContextSettings(index=False)))
    assert [each.value for each in findings(off, folder)] == ["switched off"]
