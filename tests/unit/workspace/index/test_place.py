"""Where indexes are kept, and which workspaces get one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mendline.workspace.index.once import builder_of
from mendline.workspace.index.place import IndexUnavailable, check_root, forget_old, place_of


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))


def test_a_workspace_has_one_place_however_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert place_of(tmp_path / "a") == place_of(tmp_path / "link") == place_of(tmp_path / "a" / ".." / "a")
    assert place_of(tmp_path / "a") != place_of(tmp_path)


def test_roots_that_are_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home/project").mkdir(parents=True)
    (tmp_path / "file").write_text("")
    assert check_root(tmp_path / "home/project") == (tmp_path / "home/project").resolve()
    for root in (tmp_path / "home", Path("/"), tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(IndexUnavailable):
            check_root(root)


def test_a_folder_that_others_can_write_is_refused(tmp_path: Path) -> None:
    place = place_of(tmp_path)
    place.make()
    place.folder.chmod(0o777)
    with pytest.raises(IndexUnavailable, match="somebody else"):
        place.make()


def test_forgotten_indexes_go(tmp_path: Path) -> None:
    for name in ("old", "new"):
        place = place_of(tmp_path / name)
        place.make()
        place.database.write_bytes(b"")
    os.utime(place_of(tmp_path / "old").database, (0, 0))
    forget_old()
    assert not place_of(tmp_path / "old").folder.exists()
    assert place_of(tmp_path / "new").database.exists()


def test_an_old_index_that_is_used_again_stays(tmp_path: Path) -> None:
    for _ in range(2):
        with builder_of(tmp_path, ()) as builder:
            forget_old()
            assert builder.place.database.exists()
        os.utime(place_of(tmp_path).database, (0, 0))
