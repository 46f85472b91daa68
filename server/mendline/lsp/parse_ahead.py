"""Parsing in the pauses between messages, so that a request finds its document's tree ready."""

from __future__ import annotations

import asyncio

from attrs import define, field

from mendline.workspace.store import Workspace

PAUSE_SECONDS = 0.005
"""Longer than messages that an editor sends together lie apart, shorter than any wait before a suggestion."""


@define
class ParseAhead:
    """Brings the trees of changed documents up to date when no change came for `PAUSE_SECONDS`.

    So keystrokes that arrive together cost one parse, and what is sent right after a keystroke does not wait for it.
    Several documents are parsed one at a time: a message that comes in between is handled first.
    """

    _workspace: Workspace
    _changed: dict[str, None] = field(factory=dict, init=False)
    _next: asyncio.Handle | None = field(default=None, init=False)

    def changed(self, uri: str) -> None:
        """Note that a document changed; put off what is to be parsed."""
        self._changed[uri] = None
        if self._next is not None:
            self._next.cancel()
        self._next = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._parse_one)

    def _parse_one(self) -> None:
        uri = next(iter(self._changed))
        del self._changed[uri]
        self._workspace.parse(uri)
        self._next = asyncio.get_running_loop().call_soon(self._parse_one) if self._changed else None
