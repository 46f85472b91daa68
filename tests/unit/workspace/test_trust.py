"""Which folders are trusted, and that nobody but the user says so."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from mendline.workspace.trust import TrustedFolders, TrustError


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrustedFolders:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    for name in ("project/inner", "project-2", "other"):
        (tmp_path / name).mkdir(parents=True)
    return TrustedFolders.of_user()


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("project", True),
        ("project/inner", True),
        ("project/../project", True),
        ("project-2", False),
        ("other", False),
        (".", False),
        ("project/missing", False),
    ],
)
def test_a_folder_and_what_is_in_it(asked: str, held: bool, trusted: TrustedFolders, tmp_path: Path) -> None:
    trusted.add(tmp_path / "project")
    assert trusted.holds(tmp_path / asked) is held


def test_links_count_as_what_they_lead_to(trusted: TrustedFolders, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("project")
    (tmp_path / "project" / "out").symlink_to(tmp_path / "other")
    assert trusted.add(tmp_path / "link") == tmp_path / "project"
    assert trusted.holds(tmp_path / "link")
    assert not trusted.holds(tmp_path / "project" / "out")


def test_it_is_kept_where_only_the_user_can_read_it(trusted: TrustedFolders, tmp_path: Path) -> None:
    trusted.add(tmp_path / "project")
    trusted.add(tmp_path / "project")
    trusted.add(tmp_path / "other")
    assert trusted.folders() == (tmp_path / "project", tmp_path / "other")
    assert stat.S_IMODE(trusted.file.stat().st_mode) == 0o600
    assert {each.suffix for each in trusted.file.parent.iterdir()} <= {".json", ".lock"}


def test_taking_it_out_again(trusted: TrustedFolders, tmp_path: Path) -> None:
    trusted.add(tmp_path / "project")
    trusted.add(tmp_path / "project" / "inner")
    assert trusted.remove(tmp_path / "project" / "inner") == tmp_path / "project"
    assert trusted.remove(tmp_path / "project") is None
    assert trusted.folders() == ()
    with pytest.raises(TrustError, match="isn't in the list"):
        trusted.remove(tmp_path / "project")


@pytest.mark.parametrize(
    ("folder", "why"), [("/", "everything you have"), ("home", "everything you have"), ("no", "no folder")]
)
def test_what_can_not_be_trusted(
    folder: str, why: str, trusted: TrustedFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(TrustError, match=why):
        trusted.add(tmp_path / folder)
    assert not trusted.file.exists()


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        ('["{project}"]', 0o620),
        ('["{project}"]', 0o602),
        ("not JSON", 0o600),
        ('{{"{project}": 1}}', 0o600),
        ("[1]", 0o600),
        ("[" * 100_000, 0o600),
    ],
)
def test_a_list_that_others_could_have_written_counts_for_nothing(
    content: str, mode: int, trusted: TrustedFolders, tmp_path: Path
) -> None:
    trusted.file.parent.mkdir()
    trusted.file.write_text(content.format(project=tmp_path / "project"))
    trusted.file.chmod(mode)
    assert not trusted.holds(tmp_path / "project")
    with pytest.raises(TrustError):
        trusted.add(tmp_path / "other")


def test_a_name_that_depends_on_where_one_stands_counts_for_nothing(
    trusted: TrustedFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted.file.parent.mkdir()
    trusted.file.write_text(json.dumps(["", ".", "project"]))
    trusted.file.chmod(0o600)
    monkeypatch.chdir(tmp_path)
    assert not trusted.holds(tmp_path / "project")


def test_a_foreign_list_counts_for_nothing(
    trusted: TrustedFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted.add(tmp_path / "project")
    monkeypatch.setattr(os, "getuid", lambda: trusted.file.stat().st_uid + 1)
    assert not trusted.holds(tmp_path / "project")
