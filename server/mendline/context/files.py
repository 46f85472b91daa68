"""Reading other files for context: bounded, and once for each state of a file."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from attrs import define, field, frozen

from mendline.syntax.imports import Import, imports_of
from mendline.syntax.languages import language_of
from mendline.syntax.outline import Symbol, outline
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.reading import read_source
from mendline.workspace.store import Snapshot

MOST_BYTES = 256 * 1024
"""A longer file is not read: parsing it would hold up other threads."""
_KEPT = 512
_PARSE_MS = 200
_COMMENT = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMA = re.compile(r",(\s*[}\]])")

T = TypeVar("T")


@frozen
class SourceFile:
    """What another file defines and imports; its text is not kept.

    Attributes:
        path: absolute.
        language_id: Mendline's name of its language.
    """

    path: Path
    language_id: str
    symbols: tuple[Symbol, ...]
    imports: tuple[Import, ...]

    def top(self, name: str) -> Symbol | None:
        """The definition of a name at the top of the file; of several the last, but an overloaded one's first.

        "default" is what a JavaScript module exports as such.
        """
        if name == "default":
            return next((each for each in self.symbols if each.signature.startswith("export default")), None)
        found = [each for each in self.symbols if not each.container and each.name == name]
        return next((each for each in found if "@overload" in each.signature), found[-1] if found else None)

    def members(self, name: str) -> tuple[Symbol, ...]:
        """What is defined directly in a class or the like, in order."""
        return tuple(each for each in self.symbols if each.container == name)


@define
class SourceFiles:
    """Files by path. For use from threads; blocks on the disk."""

    _kept: OrderedDict[Path | str, tuple[object, Any]] = field(factory=OrderedDict, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    def at(self, path: Path) -> SourceFile | None:
        """What is in a file; None where there is none that is worth a look, small enough and in a known language."""
        stamp = _stamp(path)
        if stamp is None:
            return None
        return self._once(path, stamp, lambda: self._read(path))

    def opened(self, snapshot: Snapshot) -> SourceFile | None:
        """What is in a document as the editor has it; None without a tree."""
        if snapshot.path is None or snapshot.language is None:
            return None
        path = Path(snapshot.path)
        return self._once(snapshot.uri, snapshot.document, lambda: _source(path, snapshot.tree))

    def beginning(self, path: Path, most_bytes: int) -> str:
        """The beginning of a text; empty where it can't be read."""
        if _stamp(path) is None:
            return ""
        try:
            with path.open("rb") as file:
                return file.read(most_bytes).decode("utf-8", "ignore").removeprefix("\ufeff")
        except OSError:
            return ""

    def data(self, path: Path) -> Mapping[str, Any]:
        """A JSON file, comments and trailing commas allowed; empty where it can't be read or is no object."""
        stamp = _stamp(path)
        return self._once(path, stamp, lambda: _json(self.beginning(path, MOST_BYTES))) if stamp is not None else {}

    def is_file(self, path: Path) -> bool:
        """Whether there is a file."""
        return _stamp(path) is not None

    def _once(self, key: Path | str, state: object, read: Callable[[], T]) -> T:
        with self._lock:
            known = self._kept.get(key)
            if known is not None and known[0] == state:
                self._kept.move_to_end(key)
                return cast("T", known[1])
        found = read()
        with self._lock:
            self._kept[key] = (state, found)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _read(self, path: Path) -> SourceFile | None:
        language = language_of("", str(path))
        text = read_source(path, MOST_BYTES) if language is not None else None
        if language is None or text is None:
            return None
        return _source(path, Tree.parse(Document.of(text), language, _PARSE_MS))


def _source(path: Path, tree: Tree | None) -> SourceFile | None:
    return SourceFile(path, tree.language.id, outline(tree), imports_of(tree)) if tree is not None else None


def _json(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(_COMMA.sub(r"\1", _COMMENT.sub(lambda match: match["text"] or "", text)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size) if stat.S_ISREG(found.st_mode) else None
