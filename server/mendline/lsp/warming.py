"""Idle warm-up: the prompt of the place the user is at is computed while nothing is asked for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import unquote

from attrs import define, field

from mendline.context.related import Related
from mendline.engine.errors import EngineError
from mendline.features.completion import unwarmed, warm
from mendline.lsp.engine_slot import EngineSlot
from mendline.lsp.related import RelatedCode
from mendline.settings.model import Settings
from mendline.telemetry.counters import Counters
from mendline.workspace.store import Snapshot, Workspace

logger = logging.getLogger(__name__)

REST_SECONDS = 0.3
"""A place the user leaves sooner is not worth computing; a wait between two keystrokes is mostly shorter, too."""

_KEPT_PLACES = 64


@define
class Warming:
    """Follows the user from place to place; at most one warm-up is under way, of the place last visited.

    A request for a suggestion ends it, and when the last request is done it goes on at that request's place.
    """

    _workspace: Workspace
    _engine: EngineSlot
    _settings: Callable[[], Settings]
    _counters: Counters
    _rest: Callable[[float], Awaitable[None]]
    _related: RelatedCode
    _after: Callable[[str], tuple[Snapshot, int] | None]
    _places: OrderedDict[str, int] = field(factory=OrderedDict, init=False)
    _current: str | None = field(default=None, init=False)
    _told: bool = field(default=False, init=False)
    _asking: int = field(default=0, init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    def focused(self, uri: str, offset: int | None = None) -> None:
        """Note that the user is at a document, at an offset in code points where that is known."""
        self._told = True
        self._visit(uri, offset)

    def unfocused(self) -> None:
        """Note that the user is at no document."""
        self._told = True
        self._leave()

    def opened(self, uri: str) -> None:
        """Note a document that was opened; it is where the user is, unless the editor tells that by itself."""
        if not self._told:
            self._visit(uri, None)

    def edited(self, uri: str, offset: int | None) -> None:
        """Note a change of a document and where it ends. A refactoring changes others than the user's."""
        if not self._told or self._is_at(uri):
            self._visit(uri, offset)
        else:
            self._remember(uri, offset)

    def closed(self, uri: str) -> None:
        """Note that a document was closed. Its place is remembered for the next time."""
        if self._is_at(uri):
            self._leave()

    def wake(self) -> None:
        """Begin anew at the current place, after a rest: there may be something to do."""
        self._stop()
        if self._current is not None and not self._asking:
            self._task = asyncio.get_running_loop().create_task(self._warm(self._current), name="warm up")
            self._task.add_done_callback(_log_failure)

    @contextlib.contextmanager
    def asked(self, uri: str, offset: int) -> Iterator[None]:
        """Keep still while a suggestion is made at a place, and go on there afterwards."""
        self._asking += 1
        self._visit(uri, offset)
        try:
            yield
        finally:
            self._asking -= 1
            self.wake()

    def _visit(self, uri: str, offset: int | None) -> None:
        self._current = uri
        self._remember(uri, offset)
        self.wake()

    def _is_at(self, uri: str) -> bool:
        return self._current is not None and _key(uri) == _key(self._current)

    def _remember(self, uri: str, offset: int | None) -> None:
        if offset is None:
            return
        self._places[_key(uri)] = offset
        self._places.move_to_end(_key(uri))
        while len(self._places) > _KEPT_PLACES:
            self._places.popitem(last=False)

    def _leave(self) -> None:
        self._current = None
        self._stop()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _warm(self, uri: str) -> None:
        await self._rest(REST_SECONDS)
        snapshot, offset = self._workspace.snapshot(uri), self._places.get(_key(uri), 0)
        if snapshot is None or not self._settings().completion.enabled:
            return
        related = await self._related.gather(snapshot, offset)
        await self._compute(snapshot, offset, related)
        # The place behind what is offered there, where the user is if that is accepted.
        if (after := self._after(uri)) is not None:
            await self._compute(*after, related)

    async def _compute(self, snapshot: Snapshot, offset: int, related: Related) -> None:
        engine, prefilled = self._engine.warmable(), self._engine.prefilled
        if engine is None:
            return
        requests = unwarmed(snapshot, offset, self._settings(), self._engine.info, prefilled, related=related)
        if not requests:
            return
        self._counters.add("warming.begun")
        try:
            done = await warm(requests, engine, prefilled)
        except asyncio.CancelledError:
            self._counters.add("warming.cancelled")
            raise
        except EngineError as error:
            self._counters.add("warming.failed")
            logger.info("nothing is warmed up: %s", type(error).__name__)
            return
        self._counters.add("warming.finished")
        logger.info(
            "warmed up: %d of %d tokens in %.0f ms", done.computed_tokens, done.prompt_tokens, 1000 * done.seconds
        )


def _key(uri: str) -> str:
    # As the workspace does it: editors differ in what they escape.
    return unquote(uri)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s in a warm-up", type(error).__name__)
        logger.debug("details", exc_info=error)
