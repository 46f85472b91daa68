"""The way of a request for a suggestion through the server: wait, ask, keep what is needed to explain it."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from attrs import define, field, frozen

from mendline.engine.errors import EngineError
from mendline.features.completion import (
    Outcome,
    Rejection,
    RejectReason,
    SelectedCompletion,
    Suggestion,
    Trigger,
    complete,
)
from mendline.lsp.debounce import Debounce
from mendline.lsp.engine_slot import EngineSlot
from mendline.lsp.latest import LatestWins
from mendline.lsp.related import RelatedCode
from mendline.lsp.status import StatusLine
from mendline.settings.model import Settings
from mendline.telemetry.counters import Counters
from mendline.workspace.store import Snapshot, Workspace

logger = logging.getLogger(__name__)

_KEPT = 64


@frozen
class Request:
    """What an editor asks.

    Attributes:
        method: the protocol's method; requests of different methods don't end each other.
        offset: the cursor, in code points.
    """

    method: str
    snapshot: Snapshot
    offset: int
    trigger: Trigger
    selected: SelectedCompletion | None = None


@frozen
class Offer:
    """A suggestion and the id by which the editor tells what became of it."""

    id: str
    suggestion: Suggestion


@frozen
class Explained:
    """The last finished request of a document and its outcome."""

    request: Request
    outcome: Outcome


@define
class Suggesting:
    """Answers requests for suggestions, one at a time for each document."""

    _workspace: Workspace
    _engine: EngineSlot
    _status: StatusLine
    _counters: Counters
    _sleep: Callable[[float], Awaitable[None]]
    _related: RelatedCode
    _debounce: Debounce = field(factory=Debounce)
    _latest: LatestWins = field(factory=LatestWins)
    _explained: OrderedDict[str, Explained] = field(factory=OrderedDict)
    _ids: itertools.count[int] = field(factory=lambda: itertools.count(1))

    async def suggest(self, request: Request, settings: Settings) -> tuple[Offer, ...]:
        """Return what may be shown; nothing is no error. A newer request for the document empties this one."""
        key = (request.method, request.snapshot.uri)
        outcome = await self._latest.run(key, self._outcome(request, settings))
        if outcome is None:
            self._reject(RejectReason.SUPERSEDED)
            return ()
        self._keep(request, outcome)
        milliseconds = 1000 * outcome.timings.total
        logger.info("%s: %d offered in %.0f ms", request.method, len(outcome.suggestions), milliseconds)
        for rejection in outcome.reasons:
            self._reject(rejection.reason)
        current = self._workspace.snapshot(request.snapshot.uri)
        if outcome.suggestions and (current is None or current.document is not request.snapshot.document):
            self._reject(RejectReason.STALE)
            return ()
        self._counters.add("completion.offered", len(outcome.suggestions))
        return tuple(Offer(str(next(self._ids)), suggestion) for suggestion in outcome.suggestions)

    def explain(self, uri: str) -> Explained | None:
        """Return the last finished request of a document, None when there was none."""
        return self._explained.get(uri)

    async def _outcome(self, request: Request, settings: Settings) -> Outcome:
        if delay := self._debounce.delay(request.trigger, settings.completion):
            await self._sleep(delay)
        try:
            engine = self._engine.get()
        except EngineError as error:
            self._engine.note(error)
            return Outcome(reasons=(Rejection(RejectReason.ENGINE_FAILED, str(error)),), error=error)
        try:
            with self._status.working():
                outcome = await complete(
                    request.snapshot,
                    request.offset,
                    request.trigger,
                    engine,
                    settings,
                    selected=request.selected,
                    info=self._engine.info,
                    prefilled=self._engine.prefilled,
                    related=self._related.latest(request.snapshot.uri),
                )
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Nobody cancelled this request: the engine was closed under it, as other settings asked for another one.
            return Outcome(reasons=(Rejection(RejectReason.ENGINE_FAILED, "the engine was replaced meanwhile"),))
        if outcome.sections:
            self._engine.note(outcome.error)
        if outcome.timings.first_token is not None:
            self._debounce.observe(outcome.timings.total)
        return outcome

    def _keep(self, request: Request, outcome: Outcome) -> None:
        self._explained[request.snapshot.uri] = Explained(request, outcome)
        self._explained.move_to_end(request.snapshot.uri)
        while len(self._explained) > _KEPT:
            self._explained.popitem(last=False)

    def _reject(self, reason: RejectReason) -> None:
        self._counters.add(f"completion.rejected.{reason.value}")
        logger.info("no suggestion: %s", reason.value)
