"""The indexes of the workspace's folders: started and ended as folders and settings come and go."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from attrs import define, field
from lsprotocol import types

from mendline.settings.model import Settings
from mendline.workspace.ignoring import IGNORE_FILES
from mendline.workspace.index.model import SymbolIndex
from mendline.workspace.index.overlay import Outlines, OverlaidIndex
from mendline.workspace.index.reader import StoredIndex
from mendline.workspace.index.state import IndexState
from mendline.workspace.index.walking import indexed_extensions
from mendline.workspace.store import Snapshot

logger = logging.getLogger(__name__)


class Keeper(Protocol):
    """The part of `workspace.index.keeper.IndexKeeper` that the server uses."""

    index: StoredIndex

    def start(self) -> None:
        """Begin to keep the index."""
        ...

    def changed(self, paths: Iterable[str]) -> None:
        """Take note of changed files."""
        ...

    def close(self) -> None:
        """Keep it no longer."""
        ...


MakeKeeper = Callable[[Path, tuple[str, ...], bool], Keeper]
"""Takes the folder, `privacy.exclude`, and whether the editor tells of all changes."""


@define
class Indexing:
    """Keeps an index for each folder, unless that is switched off, or there is nothing to keep it with."""

    _make: MakeKeeper | None
    _kept: dict[tuple[Path, tuple[str, ...], bool], Keeper] = field(factory=dict, init=False)
    _outlines: Outlines = field(factory=Outlines, init=False)

    def configure(self, folders: Sequence[Path], settings: Settings, *, watched: bool) -> None:
        """Bring what is kept in line with the folders and the settings."""
        make = self._make
        # An editor may name a folder twice.
        once = dict.fromkeys(folders) if settings.context.index else ()
        wanted = [(folder, settings.privacy.exclude, watched) for folder in once]
        for key in [key for key in self._kept if key not in wanted]:
            self._kept.pop(key).close()
        if make is None:
            return
        kept: dict[tuple[Path, tuple[str, ...], bool], Keeper] = {}
        for key in wanted:
            kept[key] = self._kept.get(key) or make(*key)
            if key not in self._kept:
                kept[key].start()
        self._kept = kept

    def changed(self, paths: Iterable[str]) -> None:
        """Tell of files that changed or went, by absolute paths."""
        told = list(paths)
        for keeper in self._kept.values():
            keeper.changed(told)

    def indexes(self, snapshots: Sequence[Snapshot]) -> tuple[tuple[Path, SymbolIndex], ...]:
        """The index of each folder, with open documents laid over it whose trees are parsed."""
        return tuple(
            (folder, OverlaidIndex.of(keeper.index, folder, snapshots, self._outlines))
            for (folder, _, _), keeper in self._kept.items()
        )

    def knows(self, name: str) -> bool:
        """Whether a file of one of the folders defines a name."""
        return any(keeper.index.knows(name) for keeper in self._kept.values())

    def payload(self) -> list[dict[str, Any]]:
        """Where each folder's index stands, as `extensions` has it."""
        return [_payload(folder, keeper.index.state()) for (folder, _, _), keeper in self._kept.items()]

    def close(self) -> None:
        """End all of them."""
        for keeper in self._kept.values():
            logger.info("index: %s", keeper.index.state())
            keeper.close()
        self._kept.clear()


def watched_sources() -> list[types.FileSystemWatcher]:
    """What the editor shall watch for the index: source files and ignore files."""
    endings = ",".join(ending.removeprefix(".") for ending in indexed_extensions() if "." in ending)
    names = ",".join(name.removeprefix(".") for name in IGNORE_FILES)
    return [types.FileSystemWatcher(f"**/*.{{{endings}}}"), types.FileSystemWatcher(f"**/.{{{names}}}")]


def _payload(folder: Path, state: IndexState | None) -> dict[str, Any]:
    stands = state or IndexState(phase="none")
    return {
        "folder": str(folder),
        "phase": stands.phase,
        "files": stands.files,
        "definitions": stands.definitions,
        "passages": stands.passages,
        "leftOut": dict(stands.left_out),
        "searchable": stands.searchable,
    }
