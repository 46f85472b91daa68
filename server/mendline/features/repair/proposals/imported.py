"""An import for a name that isn't defined: from the standard library, or from a file of the workspace."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from mendline.features.repair.import_lines import import_edit
from mendline.features.repair.problem import Problem
from mendline.features.repair.proposals.known_imports import KNOWN_IMPORTS
from mendline.features.repair.proposals.named import name_at, says_missing
from mendline.text.document import Edit
from mendline.workspace.index.model import Definition

_MOST: Final = 3
_ECMASCRIPT: Final = frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact"})
_ROOTS: Final = ("src/", "lib/", "python/")


def imported(problem: Problem) -> Iterator[tuple[Edit, ...]]:
    """Add an import line for the name; what the workspace defines comes first."""
    at = name_at(problem) if says_missing(problem) else None
    if at is None:
        return
    text = problem.document.text
    name = text[at.start : at.end]
    known = KNOWN_IMPORTS.get(problem.language)
    lines = [*_of_workspace(name, problem), *(known(name, text) if known is not None else ())]
    for line in list(dict.fromkeys(lines))[:_MOST]:
        edit = import_edit(problem.document, problem.tree, problem.language, (line,))
        if edit is not None:
            yield (edit,)


def _of_workspace(name: str, problem: Problem) -> Iterator[str]:
    if problem.index is None:
        return
    for each in problem.index.definitions((name,)):
        if each.path != problem.path and not each.container:
            yield from _line(each, problem)


def _line(found: Definition, problem: Problem) -> Iterator[str]:
    if problem.language == "python" and found.language_id == "python":
        path = next((found.path.removeprefix(root) for root in _ROOTS if found.path.startswith(root)), found.path)
        parts = PurePosixPath(path).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if module:
            yield f"from {module} import {found.name}"
    elif problem.language in _ECMASCRIPT and found.language_id in _ECMASCRIPT:
        relative = posixpath.relpath(found.path, posixpath.dirname(problem.path) or ".")
        stem = str(PurePosixPath(relative).with_suffix(""))
        yield f'import {{ {found.name} }} from "{stem if stem.startswith(".") else f"./{stem}"}";'
