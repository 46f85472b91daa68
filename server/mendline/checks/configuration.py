"""Whether a project is set up for a tool: it has the tool's file, or a section for it in `pyproject.toml`."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mendline.workspace.reading import decoded, read_bytes

_STRINGS_AND_COMMENTS: Final = re.compile(r'("(?:[^"\\]|\\.)*"?)|//[^\n]*|/\*(?:.*?\*/|.*)', re.DOTALL)
_STRINGS_AND_COMMAS: Final = re.compile(r'("(?:[^"\\]|\\.)*"?)|,(?=\s*[}\]])', re.DOTALL)
"""Both take what has no end as far as the text goes: looking for an end from each beginning would take for ever."""


def folders_above(root: Path, path: str) -> Iterable[Path]:
    """The folders that a file is in, the nearest first, up to the project's root.

    Args:
        root: the project's root, or what stands for it.
        path: the file, from there.
    """
    return (root / folder for folder in PurePosixPath(path).parents)


def nearest(root: Path, path: str, names: Iterable[str]) -> Path | None:
    """The nearest file of one of some names in the folders above a file."""
    names = tuple(names)
    named = (folder / name for folder in folders_above(root, path) for name in names)
    return next((file for file in named if _is_file(file)), None)


def configured_folder(root: Path, path: str, files: Iterable[str], section: str) -> Path | None:
    """The nearest folder above a file that holds one of some files, or a section in a `pyproject.toml`."""
    files = tuple(files)
    for folder in folders_above(root, path):
        if any(_is_file(folder / name) for name in files) or _has_section(folder / "pyproject.toml", section):
            return folder
    return None


def is_configured(root: Path, path: str, files: Iterable[str], section: str) -> bool:
    """Whether there is such a folder."""
    return configured_folder(root, path, files, section) is not None


def read_json(file: Path) -> Mapping[str, Any]:
    """An object in a JSON file that may have comments and trailing commas; empty where it can't be read."""
    content = read_bytes(file)
    text = None if content is None else decoded(content)
    if text is None:
        return {}
    plain = _STRINGS_AND_COMMENTS.sub(lambda match: match[1] or "", text)
    try:
        value = json.loads(_STRINGS_AND_COMMAS.sub(lambda match: match[1] or "", plain))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, Mapping) else {}


def _has_section(file: Path, section: str) -> bool:
    content = read_bytes(file)
    if content is None:
        return False
    try:
        tools = tomllib.loads(content.decode("utf-8", "replace")).get("tool")
    except (tomllib.TOMLDecodeError, RecursionError):
        return f"[tool.{section}" in content.decode("utf-8", "replace")  # the tool says what is wrong with it
    return isinstance(tools, Mapping) and section in tools


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
