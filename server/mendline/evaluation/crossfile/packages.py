"""Python packages that are installed in the running environment."""

from __future__ import annotations

import importlib.metadata
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from mendline.evaluation.files.code import CodeError

_INSTALLED = ("purelib", "platlib")
_LEAST_FILES = 5
"""A package with fewer has hardly a line that calls into another file."""


def package_folders(names: Sequence[str]) -> tuple[Path, ...]:
    """Return packages' folders, in the order of their names; nothing is imported.

    Args:
        names: import names, or paths of folders that are packages; without any, all that are installed and have at
            least some files, other than Mendline.

    Raises:
        CodeError: one of them is not there, or is a single file.
    """
    if names:
        return tuple(_named(name) for name in names)
    installed = sorted(importlib.metadata.packages_distributions())
    found = (_installed(name) for name in installed if name != "mendline")
    return tuple(folder for folder in found if folder is not None and len(list(folder.rglob("*.py"))) >= _LEAST_FILES)


def _named(name: str) -> Path:
    folder = Path(name).absolute() if "/" in name else _installed(name)
    if folder is None or not (folder / "__init__.py").is_file():
        raise CodeError(f"{name} is no installed package, and no folder with an __init__.py")
    return folder


def _installed(name: str) -> Path | None:
    if not name.isidentifier():
        return None
    folders = (Path(sysconfig.get_path(kind)) / name for kind in _INSTALLED)
    return next((folder for folder in folders if (folder / "__init__.py").is_file()), None)
