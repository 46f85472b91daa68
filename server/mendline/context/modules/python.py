"""Python's modules: relative ones, the workspace's, and those installed in its virtual environment.

What the standard library offers is not looked up: the model knows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mendline.context.surroundings import Surroundings

_ENVIRONMENTS = (".venv", "venv")
_MOST_PARENTS = 20


def module_file(module: str, importer: Path, surroundings: Surroundings) -> Path | None:
    """The file of a module as it is written in an import of `importer`; None where there is none.

    Stub files come before the source beside them. A package's file is its `__init__`.
    """
    level = len(module) - len(module.lstrip("."))
    parts = tuple(part for part in module.split(".") if part)
    if level:
        base = importer.parents[level - 1] if level <= len(importer.parents) else None
        return _in(base, parts, surroundings) if base is not None else None
    if not parts:
        return None
    found = (_in(root, parts, surroundings) for root in _roots(importer, surroundings))
    return next((each for each in found if each is not None and each != importer), None)


def submodule_file(package: Path, name: str, surroundings: Surroundings) -> Path | None:
    """The file of a module within the package whose `__init__` is given; None where there is none."""
    return _in(package.parent, (name,), surroundings) if package.stem == "__init__" else None


def _in(base: Path, parts: tuple[str, ...], surroundings: Surroundings) -> Path | None:
    at = base.joinpath(*parts)
    names = [at / "__init__.pyi", at / "__init__.py"]
    if parts:
        names[:0] = [at.with_name(f"{parts[-1]}.pyi")]
        names.append(at.with_name(f"{parts[-1]}.py"))
    return next((each for each in names if surroundings.files.is_file(each)), None)


def _roots(importer: Path, surroundings: Surroundings) -> Iterator[Path]:
    """The folders that absolute imports begin in, the nearest first."""
    top = importer.parent
    for _ in range(_MOST_PARENTS):
        if not (top / "__init__.py").is_file():
            break
        top = top.parent
    yield top
    folders = [each for each in surroundings.folders if importer.is_relative_to(each)] or list(surroundings.folders)
    for folder in folders:
        yield folder
        yield folder / "src"
    for folder in folders:
        yield from _site_packages(folder)


def _site_packages(folder: Path) -> Iterator[Path]:
    if folder.parent.name == "site-packages":
        yield folder.parent
    for name in _ENVIRONMENTS:
        environment = folder / name
        yield from sorted(environment.glob("lib/python3*/site-packages"))
        if (environment / "Lib" / "site-packages").is_dir():
            yield environment / "Lib" / "site-packages"
