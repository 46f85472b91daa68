"""From an imported name to its definition, through as many files as pass it on."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from mendline.context.files import SourceFile
from mendline.context.modules import ecmascript, python
from mendline.context.surroundings import Surroundings
from mendline.syntax.outline import Symbol

_MOST_STEPS = 24
_ECMASCRIPT = ("javascript", "javascriptreact", "typescript", "typescriptreact")


@frozen
class Found:
    """Where a name leads.

    Attributes:
        file: the file of the definition, or the module.
        symbol: the definition; None where the name stands for the module itself.
    """

    file: SourceFile
    symbol: Symbol | None


def module_path(module: str, importer: Path, language_id: str, surroundings: Surroundings) -> Path | None:
    """The file of a module as an import writes it; None where it can't be found."""
    if language_id == "python":
        return python.module_file(module, importer, surroundings)
    return ecmascript.module_file(module, importer, surroundings) if language_id in _ECMASCRIPT else None


def definition(name: str, module: Path, surroundings: Surroundings) -> Found | None:
    """What a module's name stands for; an empty name is the module itself.

    Names that a module has from another are followed, those it takes in whole (`from .a import *`) too, and at most
    through `_MOST_STEPS` files.
    """
    pending: list[tuple[Path, str]] = [(module, name)]
    seen: set[tuple[Path, str]] = set()
    while pending and len(seen) < _MOST_STEPS:
        at = path, wanted = pending.pop()
        file = surroundings.file(path) if at not in seen else None
        seen.add(at)
        if file is None:
            continue
        if not wanted:
            return Found(file, None)
        if (symbol := file.top(wanted)) is not None:
            return Found(file, symbol)
        pending += reversed(_passed_on(wanted, file, surroundings))
    return None


def _passed_on(name: str, file: SourceFile, surroundings: Surroundings) -> list[tuple[Path, str]]:
    """Where a file has a name from, the most likely first."""
    named: list[tuple[Path, str]] = []
    whole: list[tuple[Path, str]] = []
    for each in file.imports:
        wanted = [one for one in each.names if one.alias in (name, "*")]
        if not wanted:
            continue
        # `export { a as b }` gives a name of the file itself another.
        source = module_path(each.module, file.path, file.language_id, surroundings) if each.module else file.path
        if source is None:
            continue
        for one in wanted:
            (whole if one.name == "*" else named).append((source, name if one.name == "*" else one.name))
    if file.language_id == "python" and (submodule := python.submodule_file(file.path, name, surroundings)):
        named.append((submodule, ""))
    return [*named, *whole]
