"""Fixes looked for while the user rests, so that checked ones are there when the lightbulb opens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from attrs import define, field

from mendline.features.completion import Background
from mendline.lsp.background import log_failure
from mendline.lsp.engine_slot import EngineSlot
from mendline.lsp.repairing import Repairing, Stale
from mendline.lsp.tickets import Ticket
from mendline.settings.model import Settings
from mendline.text.document import Document
from mendline.workspace.store import Snapshot

logger = logging.getLogger(__name__)

REST_SECONDS = 1.0
MOST = 4
"""Problems for which fixes are looked for unasked, one visit after another."""


@define
class IdleRepair:
    """Looks for what was offered where the user is; off unless `repair.idle` is on. Any keystroke ends it."""

    _repairing: Repairing
    _engine: EngineSlot
    _settings: Callable[[], Settings]
    _rest: Callable[[float], Awaitable[None]]
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _document: Document | None = field(default=None, init=False)
    _waiting: dict[Ticket, None] = field(factory=dict, init=False)

    def visit(self, snapshot: Snapshot, tickets: Sequence[Ticket]) -> None:
        """Note what could be looked for in a document. While it stays as it is, what is under way goes on."""
        if not self._settings().repair.idle:
            return
        if self._document is not snapshot.document:
            self.stop()
            self._document = snapshot.document
        # Where the user is now comes first.
        self._waiting = {**dict.fromkeys(tickets), **self._waiting}
        if self._waiting and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._look(snapshot), name="idle repair")
            self._task.add_done_callback(log_failure)

    def stop(self) -> None:
        """Let it be: the user types, or has asked for something."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._document = None
        self._waiting = {}

    async def _look(self, snapshot: Snapshot) -> None:
        for _ in range(MOST):
            await self._rest(REST_SECONDS)
            # On other people's servers nothing is asked that nobody waits for.
            if not self._waiting or self._engine.warmable() is None:
                break
            ticket = next(iter(self._waiting))
            del self._waiting[ticket]
            assert ticket.finding is not None
            if self._repairing.known(snapshot, ticket.finding) is None:
                await self._one(ticket)
        self._task = None

    async def _one(self, ticket: Ticket) -> None:
        try:
            await self._repairing.repair(ticket, through=Background)
        except Stale:
            logger.info("an idle repair came too late")
