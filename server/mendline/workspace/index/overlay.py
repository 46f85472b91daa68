"""What the editor has open, over what is on disk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from mendline.syntax.outline import outline
from mendline.text.document import Document
from mendline.workspace.index.entries import definitions_of, visible
from mendline.workspace.index.model import Definition, Passage, SymbolIndex
from mendline.workspace.store import Snapshot

_KEPT: Final = 64
# How often one name may be defined in the file behind an open document, or a search find passages of it.
_HIDDEN: Final = 4


@define
class Outlines:
    """What open documents define, worked out once for each of their versions. For use from any thread."""

    _known: OrderedDict[str, tuple[Document, tuple[Definition, ...]]] = field(factory=OrderedDict, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    def of(self, snapshot: Snapshot, path: str) -> tuple[Definition, ...]:
        """The definitions of a document; none without a tree."""
        with self._lock:
            known = self._known.get(snapshot.uri)
        if known is not None and known[0] is snapshot.document:
            return known[1]
        tree = snapshot.tree
        found = definitions_of(path, tree, visible(outline(tree))) if tree is not None else ()
        with self._lock:
            self._known[snapshot.uri] = (snapshot.document, found)
            self._known.move_to_end(snapshot.uri)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found


@frozen
class OverlaidIndex:
    """An index at one moment, in which open documents stand in place of their files.

    Passages of open documents are left out: who has the documents has their text, too. What the documents define is
    worked out when it is first asked for.

    Attributes:
        base: of the files on disk.
        opened: the open documents by path, their trees parsed.
        outlines: what is known of them.
    """

    base: SymbolIndex
    opened: Mapping[str, Snapshot]
    outlines: Outlines

    @classmethod
    def of(cls, base: SymbolIndex, root: Path, snapshots: Iterable[Snapshot], outlines: Outlines) -> OverlaidIndex:
        """Lay the documents that lie under `root` over `base`."""
        inside = ((_relative(snapshot.path, root), snapshot) for snapshot in snapshots)
        return cls(base, {path: snapshot for path, snapshot in inside if path is not None}, outlines)

    def definitions(self, names: Collection[str], *, limit: int = 20) -> tuple[Definition, ...]:
        """As `SymbolIndex`; what is open comes first."""
        wanted = frozenset(names)
        own = [each for path in self.opened for each in self.in_file(path) if each.name in wanted]
        own.sort(key=lambda each: bool(each.container))
        stored = self.base.definitions(names, limit=limit + _HIDDEN * len(self.opened))
        return (*own, *(each for each in stored if each.path not in self.opened))[:limit]

    def in_file(self, path: str) -> tuple[Definition, ...]:
        """As `SymbolIndex`."""
        snapshot = self.opened.get(path)
        return self.base.in_file(path) if snapshot is None else self.outlines.of(snapshot, path)

    def search(self, words: Sequence[str], *, limit: int = 8, exclude: str = "") -> tuple[Passage, ...]:
        """As `SymbolIndex`, without passages of open documents."""
        found = self.base.search(words, limit=limit + _HIDDEN * len(self.opened), exclude=exclude)
        return tuple(each for each in found if each.path not in self.opened)[:limit]

    def using(self, name: str, near: Sequence[str] = (), *, limit: int = 8, exclude: str = "") -> tuple[Passage, ...]:
        """As `SymbolIndex`, without passages of open documents."""
        found = self.base.using(name, near, limit=limit + _HIDDEN * len(self.opened), exclude=exclude)
        return tuple(each for each in found if each.path not in self.opened)[:limit]

    def knows(self, name: str) -> bool:
        """As `SymbolIndex`."""
        return bool(self.definitions([name], limit=1))


def _relative(path: str | None, root: Path) -> str | None:
    try:
        return Path(path).relative_to(root).as_posix() if path else None
    except ValueError:
        return None
