from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Project
from mendline.checks.tool import find_tool, has_own_tool
from support.checked import plant


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return root


@pytest.mark.parametrize("folder", [".venv/bin", "venv/bin", "node_modules/.bin"])
def test_the_projects_own_tool_needs_trust(folder: str, project: Path) -> None:
    own = plant(project / folder, "linter", "")
    assert find_tool("linter", Project(project, trusted=True)) == own
    assert find_tool("linter", Project(project)) is None
    assert has_own_tool("linter", Project(project))


def test_the_users_tool_needs_none(project: Path, tmp_path: Path) -> None:
    installed = plant(tmp_path / "bin", "linter", "")
    plant(project / ".venv/bin", "linter", "")
    assert find_tool("linter", Project(project)) == installed


@pytest.mark.parametrize("linked", [False, True])
def test_a_folder_of_path_that_lies_in_the_project_needs_trust(
    linked: bool, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(project / "tools", "linter", "")
    folder = project / "tools"
    if linked:
        folder = tmp_path / "link"
        folder.symlink_to(project / "tools")
    monkeypatch.setenv("PATH", str(folder))
    assert find_tool("linter", Project(project)) is None
    assert find_tool("linter", Project(project, trusted=True)) == folder / "linter"


def test_a_relative_folder_of_path_is_no_place_for_tools(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(project / "tools", "linter", "")
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", "tools:.")
    assert find_tool("linter", Project(project, trusted=True)) is None


def test_what_mendline_depends_on_is_found(project: Path) -> None:
    found = find_tool("ruff", Project(project))
    assert found is not None
    assert found.name == "ruff"
