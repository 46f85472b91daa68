"""Where a check's tool is: the project's own where the user trusts it, else the one that the user has installed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from mendline.checks.check import Project
from mendline.checks.process import minimal_environment, search_path

_PROJECT_FOLDERS: Final = (".venv/bin", "venv/bin", ".venv/Scripts", "venv/Scripts", "node_modules/.bin")


def find_tool(name: str, project: Project) -> Path | None:
    """The path of a tool, or None.

    A program that lies in the project is the project's code: it is found only where the project is trusted. Then it is
    the first choice, since its version is the one that the project is written for.
    """
    root = os.path.realpath(_home(project))
    if project.trusted:
        own = os.pathsep.join(os.path.join(root, folder) for folder in _PROJECT_FOLDERS)
        found = shutil.which(name, path=own)
        if found is not None:
            return Path(found)
    for folder in search_path():
        found = shutil.which(name, path=folder)
        if found is not None and (project.trusted or not _is_within(found, root)):
            return Path(found)
    # Beside the interpreter that runs this program: a dependency of Mendline's, in its own environment.
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    return None if found is None else Path(found)


def environment_of(project: Project, **more: str) -> dict[str, str]:
    """The environment of a tool that starts others by their names: it finds none that lies in an untrusted project."""
    root = os.path.realpath(_home(project))
    folders = [each for each in search_path() if project.trusted or not _is_within(each, root)]
    return minimal_environment(PATH=os.pathsep.join(folders), **more)


def has_own_tool(name: str, project: Project) -> bool:
    """Whether the project brings a tool of this name, trusted or not."""
    return any((_home(project) / folder / name).exists() for folder in _PROJECT_FOLDERS)


def _home(project: Project) -> Path:
    """The folder that has the project's programs."""
    return project.programs or project.root


def _is_within(path: str, root: str) -> bool:
    """Whether a file lies in a folder, by its name or by what it leads to."""
    return any(Path(each).is_relative_to(root) for each in (path, os.path.realpath(path)))
