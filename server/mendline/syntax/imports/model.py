"""Imports as values."""

from __future__ import annotations

from attrs import frozen

from mendline.text.document import Range


@frozen
class Imported:
    """One name that an import brings in.

    Attributes:
        name: as the module calls it; empty for the module itself, "*" for all it has, "default" for JavaScript's.
        alias: as this file calls it; for Python's `import a.b` it is dotted, for "*" it is "*".
    """

    name: str
    alias: str


@frozen
class Import:
    """One import of a file.

    Attributes:
        module: the module as it is written: dots that stand for packages, a path, or a package's name; empty where
            a file gives a name of its own another (JavaScript's `export { a as b }`).
        names: what it brings in, in order; empty where it is imported for its effects.
        range: the statement, in code points.
        reexports: whether the names are for other files only (JavaScript's `export … from`).
    """

    module: str
    names: tuple[Imported, ...]
    range: Range
    reexports: bool = False
