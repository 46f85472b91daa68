"""What comes after a suggestion is accepted, computed ahead of the request for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import attrs
from attrs import frozen

from mendline.engine.protocol import ChatRequest, Chunk, Engine, EngineInfo, FillRequest, Priority, Usage
from mendline.features.completion.outcome import Suggestion
from mendline.text.document import Edit
from mendline.workspace.store import Snapshot

_PARSE_MS = 50


def accepted(snapshot: Snapshot, suggestion: Suggestion) -> tuple[Snapshot, int]:
    """Return the document with a suggestion in it, parsed, and the cursor behind it in code points.

    Raises:
        ValueError: the suggestion's range reaches past the document's end: it was made for another one.
    """
    edit = Edit(suggestion.range.start, suggestion.range.end, suggestion.text)
    document = snapshot.document.apply(edit)
    before = snapshot.tree
    tree = None if before is None else before.edited(edit, document, _PARSE_MS)
    return attrs.evolve(snapshot, document=document, tree=tree, version=None), edit.start + len(edit.text)


@frozen
class Background:
    """An engine that lets all others go first: its requests have `Priority.BACKGROUND`."""

    _engine: Engine

    def fill(self, request: FillRequest) -> AsyncIterator[Chunk]:
        """Stream the text between prefix and suffix."""
        return self._engine.fill(attrs.evolve(request, priority=Priority.BACKGROUND))

    def chat(self, request: ChatRequest) -> AsyncIterator[Chunk]:
        """Stream the assistant's next turn."""
        return self._engine.chat(attrs.evolve(request, priority=Priority.BACKGROUND))

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the request's prompt."""
        return await self._engine.warm(attrs.evolve(request, priority=Priority.BACKGROUND))

    async def info(self) -> EngineInfo:
        """Tell what runs."""
        return await self._engine.info()

    async def aclose(self) -> None:
        """Do nothing: who owns the engine closes it."""
