"""Fixes looked for while a list of actions is waited for: for editors that take an edit only with its action."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from attrs import define, field

from mendline.lsp.background import log_failure
from mendline.lsp.client import Client
from mendline.lsp.fixing import Fixing
from mendline.lsp.repairing import Stale
from mendline.lsp.tickets import Ticket

logger = logging.getLogger(__name__)

SECONDS = 10.0
"""How long a list of actions may take. What is found later is in the next one."""

MOST = 4
"""Problems of a place that are looked at."""

_STILL_LOOKING = "Mendline is still looking for a fix. Ask again in a while."


@define
class FixingNow:
    """Looks for fixes that the next list of actions has. Any keystroke ends it, and so does asking elsewhere."""

    _fixing: Fixing
    _client: Client
    _sleep: Callable[[float], Awaitable[None]]
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _tickets: Sequence[Ticket] = field(default=(), init=False)

    async def look(self, tickets: Sequence[Ticket]) -> None:
        """Look for fixes until there is no more to look for, or `SECONDS` are over; then that goes on without us.

        Args:
            tickets: problems of one document, in the order in which they are looked at.
        """
        if self._task is None or self._task.done() or self._tickets != tickets:
            self.stop()
            self._tickets = tickets
            self._task = asyncio.get_running_loop().create_task(self._search(tickets), name="fixing now")
            self._task.add_done_callback(log_failure)
        task, over = self._task, asyncio.ensure_future(self._sleep(SECONDS))
        try:
            await asyncio.wait({task, over}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            over.cancel()
        if not task.done():
            self._client.inform(_STILL_LOOKING)

    def stop(self) -> None:
        """Let it be."""
        if self._task is not None:
            self._task.cancel()
        self._task = None

    async def _search(self, tickets: Sequence[Ticket]) -> None:
        for ticket in tickets[:MOST]:
            try:
                await self._fixing.look(ticket)
            except Stale:
                logger.info("a fix came too late")
                return
