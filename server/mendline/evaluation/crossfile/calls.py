"""Lines that call what another file of the package defines, found by Python's own parser."""

from __future__ import annotations

import ast
import functools
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from attrs import field, frozen

from mendline.text.document import Document, Range

_STATEMENTS = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Raise, ast.Assert)


@frozen
class Call:
    """A line that is one statement with such a call in it.

    Attributes:
        line: the line's code, from its first character that is not blank to its end, in code points of the file.
        callee: the name of what is called.
        defined_in: the file that defines it.
    """

    line: Range
    callee: str
    defined_in: Path


@frozen
class _Names:
    """What a file has from others of its package.

    Attributes:
        functions: by the name it is called by here, what is defined there.
        modules: by the name it has here, the module's file.
    """

    functions: dict[str, tuple[str, Path]] = field(factory=dict)
    modules: dict[str, Path] = field(factory=dict)


def calls_of(path: Path, text: str, package: Path) -> tuple[Call, ...]:
    """Find such lines of a file, in its order; at most one call of each.

    Imports are followed where they name the file that has the definition, relatively or from the package's name on;
    what a package's `__init__` passes on is not. A line that stands in the file a second time is left out: it could be
    copied from there.

    Args:
        path: the file, in the package.
        text: what is in it, its line breaks as they are.
        package: the folder of the whole package.
    """
    module = _parsed(text)
    if module is None:
        return ()
    names = _names(module, path, package)
    document = Document.of(text)
    lines = [document.line_text(line).strip() for line in range(document.line_count)]
    found: dict[int, Call] = {}
    for statement in ast.walk(module):
        if not _is_line(statement, lines):
            continue
        line = statement.lineno - 1
        called = next(_called(statement, names), None)
        if called is not None and lines.count(lines[line]) == 1:
            end = document.line_start(line) + len(document.line_text(line).rstrip())
            found.setdefault(line, Call(Range(end - len(lines[line]), end), *called))
    return tuple(found[line] for line in sorted(found))


def _is_line(node: ast.AST, lines: list[str]) -> TypeGuard[ast.stmt]:
    """Whether a node is a simple statement that has one line to itself."""
    if not isinstance(node, _STATEMENTS) or node.end_lineno != node.lineno or node.lineno > len(lines):
        return False
    width = (node.end_col_offset or 0) - node.col_offset
    return len(lines[node.lineno - 1].encode("utf-8", "surrogatepass")) == width


def _called(statement: ast.AST, names: _Names) -> Iterator[tuple[str, Path]]:
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in names.functions:
                yield names.functions[name]
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if name in names.modules:
                path = names.modules[name]
                if attribute in _defined(path):
                    yield attribute, path
            case _:
                pass


def _names(module: ast.Module, path: Path, package: Path) -> _Names:
    names = _Names()
    for node in ast.walk(module):
        base = _base(node, path, package) if isinstance(node, ast.ImportFrom) else None
        if not isinstance(node, ast.ImportFrom) or base is None:
            continue
        source = _file(base)
        for alias in node.names:
            used = alias.asname or alias.name
            submodule = _file(base / alias.name)
            if source is not None and source != path and alias.name in _defined(source):
                names.functions[used] = (alias.name, source)
            elif submodule is not None and submodule != path:
                names.modules[used] = submodule
    return names


def _base(node: ast.ImportFrom, path: Path, package: Path) -> Path | None:
    """Where the module of an import is, without its file's ending; None where that is outside of the package."""
    parts = (node.module or "").split(".") if node.module else []
    if not node.level:
        return package.joinpath(*parts[1:]) if parts[:1] == [package.name] else None
    above = path.parents
    base = above[node.level - 1].joinpath(*parts) if node.level <= len(above) else None
    return base if base is not None and base.is_relative_to(package) else None


def _file(base: Path) -> Path | None:
    return next((each for each in (base.with_name(f"{base.name}.py"), base / "__init__.py") if each.is_file()), None)


@functools.lru_cache(maxsize=4096)
def _defined(path: Path) -> frozenset[str]:
    """The functions and classes that are defined at the top of a file."""
    try:
        module = _parsed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return frozenset()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset(node.name for node in module.body if isinstance(node, kinds)) if module else frozenset()


def _parsed(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return None
