"""JavaScript's and TypeScript's modules: relative ones, those that `tsconfig.json` has paths for, and packages' types.

What Node offers by itself is not looked up: the model knows it. Resolution follows
typescriptlang.org/docs/handbook/modules/reference.html as far as files are concerned; `extends` in a `tsconfig.json`
and patterns in a package's `exports` are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mendline.context.surroundings import Surroundings

_ENDINGS = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".d.mts", ".d.cts", ".js", ".jsx", ".mjs", ".cjs")
# TypeScript imports its own files by the names that they are compiled to.
_COMPILED = {".js": (".ts", ".tsx", ".d.ts"), ".jsx": (".tsx",), ".mjs": (".mts", ".d.mts"), ".cjs": (".cts", ".d.cts")}
_CONFIGURATIONS = ("tsconfig.json", "jsconfig.json")
_CONDITIONS = ("types", "import", "module", "require", "node", "default")
_MOST_PARENTS = 30
_MOST_NESTED = 6


def module_file(module: str, importer: Path, surroundings: Surroundings) -> Path | None:
    """The file of a module as it is written in an import of `importer`; None where there is none.

    Declarations come before the JavaScript that they declare.
    """
    if module.startswith("."):
        return _file(importer.parent / module, surroundings)
    if not module or module.startswith(("node:", "/", "#")):
        return None
    mapped = _mapped(module, importer, surroundings)
    return mapped if mapped is not None else _of_package(module, importer, surroundings)


def _file(base: Path, surroundings: Surroundings) -> Path | None:
    """The file that a path without its ending, or a folder, stands for."""
    found = _first((base.with_name(base.name + ending) for ending in _ENDINGS), surroundings)
    if base.suffix in _COMPILED:
        found = _first((base.with_suffix(ending) for ending in _COMPILED[base.suffix]), surroundings) or found
    if found is None and surroundings.files.is_file(base):
        found = base
    return found or _first((base / f"index{ending}" for ending in _ENDINGS), surroundings)


def _first(paths: Iterator[Path], surroundings: Surroundings) -> Path | None:
    return next((Path(*_plain(each)) for each in paths if surroundings.files.is_file(each)), None)


def _plain(path: Path) -> list[str]:
    """A path's parts without the `..` in it: files are compared by their paths."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return parts


def _mapped(module: str, importer: Path, surroundings: Surroundings) -> Path | None:
    """The file that the nearest configuration's `paths` or `baseUrl` give."""
    found = _configuration(importer, surroundings)
    if found is None:
        return None
    folder, options = found
    base = folder / options["baseUrl"] if isinstance(options.get("baseUrl"), str) else folder
    paths = options.get("paths")
    for pattern, targets in paths.items() if isinstance(paths, Mapping) else ():
        head, star, tail = str(pattern).partition("*")
        if not (module == head if not star else module.startswith(head) and module.endswith(tail)):
            continue
        middle = module[len(head) : len(module) - len(tail)] if star else ""
        for target in targets if isinstance(targets, list) else ():
            if file := _file(base / str(target).replace("*", middle), surroundings):
                return file
    return _file(base / module, surroundings) if "baseUrl" in options else None


def _configuration(importer: Path, surroundings: Surroundings) -> tuple[Path, Mapping[str, Any]] | None:
    for folder in importer.parents[:_MOST_PARENTS]:
        for name in _CONFIGURATIONS:
            if surroundings.files.is_file(folder / name):
                options = surroundings.files.data(folder / name).get("compilerOptions")
                return folder, options if isinstance(options, Mapping) else {}
        if folder in surroundings.folders:
            break
    return None


def _of_package(module: str, importer: Path, surroundings: Surroundings) -> Path | None:
    parts = module.split("/")
    scoped = module.startswith("@")
    name, inner = "/".join(parts[: 1 + scoped]), "/".join(parts[1 + scoped :])
    types = "@types/" + name.removeprefix("@").replace("/", "__")
    for folder in importer.parents[:_MOST_PARENTS]:
        installed = folder / "node_modules"
        for package in (installed / name, installed / types):
            if package.is_dir() and (found := _entry(package, inner, surroundings)) is not None:
                return found
    return None


def _entry(package: Path, inner: str, surroundings: Surroundings) -> Path | None:
    """The declarations of a package or a part of it; its JavaScript where it has none and no `@types` could."""
    described = surroundings.files.data(package / "package.json")
    exported = described.get("exports")
    key = f"./{inner}" if inner else "."
    if isinstance(exported, Mapping) and not any(str(each).startswith(".") for each in exported):
        exported = {".": exported}
    target = _condition(exported.get(key)) if isinstance(exported, Mapping) else None
    targets = [target, *((described.get("types"), described.get("typings")) if not inner else (inner,))]
    if not inner:
        targets += [described.get("module"), described.get("main"), "index"]
    files = (_file(package / each, surroundings) for each in targets if isinstance(each, str) and each)
    found = [each for each in files if each is not None]
    return next((each for each in found if ".d." in each.name), found[0] if found else None)


def _condition(value: object) -> str | None:
    """The first target of nested conditions, those for types first."""
    for _ in range(_MOST_NESTED):
        if not isinstance(value, Mapping):
            break
        value = next((value[each] for each in _CONDITIONS if each in value), None)
    return value if isinstance(value, str) else None
