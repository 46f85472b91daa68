"""Related code of the open documents: gathered in a thread while the user rests, kept for the requests that follow."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import unquote

from attrs import define, field

from mendline.context.files import SourceFiles
from mendline.context.refusing import refusing
from mendline.context.related import NOTHING, Related, gather
from mendline.context.surroundings import Surroundings
from mendline.settings.model import Settings
from mendline.workspace.index.model import SymbolIndex
from mendline.workspace.store import Snapshot, Workspace

_KEPT = 32
_MOST_OPEN = 16


@define
class RelatedCode:
    """Knows what was gathered last for each document. One thread at a time; who gives up waiting ends nothing."""

    _workspace: Workspace
    _settings: Callable[[], Settings]
    _folders: Callable[[], tuple[Path, ...]]
    _in_thread: Callable[[Callable[[], Related]], Awaitable[Related]]
    _indexes: Callable[[Sequence[Snapshot]], tuple[tuple[Path, SymbolIndex], ...]] = lambda _: ()
    _files: SourceFiles = field(factory=SourceFiles, init=False)
    _latest: OrderedDict[str, Related] = field(factory=OrderedDict, init=False)
    _one: asyncio.Lock = field(factory=asyncio.Lock, init=False)

    def latest(self, uri: str) -> Related:
        """Return what is there for a document, without a wait; nothing before the first pause in it."""
        return self._latest.get(unquote(uri), NOTHING)

    async def gather(self, snapshot: Snapshot, offset: int) -> Related:
        """Return what belongs to a place, gathered now. A cancelled call's result is kept all the same."""
        return await asyncio.shield(asyncio.create_task(self._gather(snapshot, offset), name="related code"))

    def closed(self, uri: str) -> None:
        """Forget a document."""
        self._latest.pop(unquote(uri), None)

    async def _gather(self, snapshot: Snapshot, offset: int) -> Related:
        async with self._one:
            omit = frozenset(self._settings().context.omit)
            surroundings = self._surroundings(snapshot)
            found = await self._in_thread(lambda: gather(snapshot, offset, surroundings, omit))
        self._latest[unquote(snapshot.uri)] = found
        self._latest.move_to_end(unquote(snapshot.uri))
        while len(self._latest) > _KEPT:
            self._latest.popitem(last=False)
        return found

    def _surroundings(self, snapshot: Snapshot) -> Surroundings:
        others = self._workspace.others(snapshot.uri)[:_MOST_OPEN]
        # Parsed here: a tree that waits for its parse belongs to this thread.
        for each in (snapshot, *others):
            _ = each.tree
        folders = self._folders()
        return Surroundings(
            folders=folders,
            open=tuple(others),
            edits=self._workspace.recent_edits(),
            indexes=self._indexes(others),
            files=self._files,
            refused=refusing(folders, self._settings().privacy.exclude),
        )
