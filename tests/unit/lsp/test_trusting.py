"""Who can say that a workspace is trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mendline.lsp.configuration import Configuration
from mendline.settings.loading import load
from mendline.workspace.trust import TrustedFolders


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "work" / "inner").mkdir(parents=True)
    return tmp_path / "work"


def configured(folder: Path, options: Any) -> tuple[Configuration, list[str]]:
    warned: list[str] = []
    configuration = Configuration(load, warned.append)
    configuration.folders = (folder,)
    configuration.initialize(options)
    configuration.reload()
    return configuration, warned


@pytest.mark.parametrize(
    ("options", "listed", "trusts"),
    [
        (None, False, False),
        (None, True, True),
        ({"trusted": True}, False, True),
        ({"trusted": False}, True, False),
        ({"trusted": None}, True, True),
        ({"mendline": {"trusted": True}}, False, True),
        ({"mendline": {"trusted": False}}, True, False),
        ({"trusted": True, "completion": {"enabled": False}}, False, True),
    ],
)
def test_the_editor_counts_more_than_the_list(options: Any, listed: bool, trusts: bool, folder: Path) -> None:
    if listed:
        TrustedFolders.of_user().add(folder)
    configuration, warned = configured(folder, options)
    assert configuration.trusts(folder) is trusts
    assert configuration.trusts(folder / "inner") is trusts
    assert warned == []


def test_the_editor_speaks_of_the_workspace_only(folder: Path) -> None:
    configuration, _ = configured(folder, {"trusted": True})
    assert not configuration.trusts(folder.parent)


def test_the_other_options_still_count(folder: Path) -> None:
    configuration, _ = configured(folder, {"mendline": {"trusted": True, "completion": {"enabled": False}}})
    assert not configuration.settings.completion.enabled


@pytest.mark.parametrize("told", ["yes", 1, {"folder": True}])
def test_what_is_neither_yes_nor_no_is_a_mistake(told: Any, folder: Path) -> None:
    configuration, warned = configured(folder, {"trusted": told})
    assert not configuration.trusts(folder)
    assert len(warned) == 1


def test_a_repository_can_not_make_itself_trusted(folder: Path) -> None:
    (folder / ".mendline.toml").write_text("trusted = true\nmendline.trusted = true\n")
    configuration, warned = configured(folder, None)
    configuration.take({"trusted": True})  # editors read these from the repository's files, too
    configuration.reload()
    assert not configuration.trusts(folder)
    assert any("trusted" in each for each in warned)
