"""The indexes of a workspace's folders as one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs
from attrs import frozen

from mendline.workspace.index.model import Definition, Passage, SymbolIndex


@frozen
class JoinedIndex:
    """Several indexes as one. Paths begin with the folder's name, and none where there is one folder only.

    Attributes:
        parts: name and index of each folder, in the order in which the folders were opened.
    """

    parts: tuple[tuple[str, SymbolIndex], ...]

    def definitions(self, names: Collection[str], *, limit: int = 20) -> tuple[Definition, ...]:
        """As `SymbolIndex`; those of earlier folders come first."""
        found = [self._named(name, each) for name, part in self.parts for each in part.definitions(names, limit=limit)]
        return tuple(sorted(found, key=lambda each: bool(each.container))[:limit])

    def in_file(self, path: str) -> tuple[Definition, ...]:
        """As `SymbolIndex`."""
        for name, part in self.parts:
            if (inner := self._inner(name, path)) is not None and (found := part.in_file(inner)):
                return tuple(self._named(name, each) for each in found)
        return ()

    def search(self, words: Sequence[str], *, limit: int = 8, exclude: str = "") -> tuple[Passage, ...]:
        """As `SymbolIndex`. Scores of different indexes are compared as if they were of one."""
        found = [
            attrs.evolve(each, path=self._outer(name, each.path))
            for name, part in self.parts
            for each in part.search(words, limit=limit, exclude=self._inner(name, exclude) or "")
        ]
        return tuple(sorted(found, key=lambda each: -each.score)[:limit])

    def knows(self, name: str) -> bool:
        """As `SymbolIndex`."""
        return any(part.knows(name) for _, part in self.parts)

    def _named(self, folder: str, definition: Definition) -> Definition:
        return attrs.evolve(definition, path=self._outer(folder, definition.path))

    def _outer(self, folder: str, path: str) -> str:
        return path if len(self.parts) == 1 else f"{folder}/{path}"

    def _inner(self, folder: str, path: str) -> str | None:
        if len(self.parts) == 1:
            return path
        return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None
