"""A session's figures on their way into the book, so that little is lost when nobody ends the server properly."""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from attrs import define, field

from mendline.engine.threads import in_daemon_thread
from mendline.telemetry.acceptance import AcceptanceBook, Days, merged

logger = logging.getLogger(__name__)

KEEP_SECONDS = 10.0
"""How old figures get that are in no book yet: so much is lost at most when the process is killed."""

_THREAD = "figures"


@define
class FigureKeeping:
    """Adds figures to the book at most every `KEEP_SECONDS`, and when it is told to."""

    _book: AcceptanceBook
    _sleep: Callable[[float], Awaitable[None]]
    _spawn: Callable[[Coroutine[Any, Any, None]], None]
    _unkept: Days = field(factory=dict, init=False)
    _is_due: bool = field(default=False, init=False)
    _figures: threading.Lock = field(factory=threading.Lock, init=False)
    _disk: threading.Lock = field(factory=threading.Lock, init=False)

    def add(self, days: Days) -> None:
        """Take figures; they are in the book soon."""
        with self._figures:
            self._unkept = merged(self._unkept, days)
        if not self._is_due:
            self._is_due = True
            self._spawn(self._soon())

    async def total(self) -> Days:
        """Return the figures of the book and those that aren't in it yet."""
        return await in_daemon_thread(self._total, _THREAD)

    async def keep_now(self) -> None:
        """Have them in the book; what can't be written is kept for the next time."""
        try:
            await in_daemon_thread(self.keep, _THREAD)
        except OSError as error:
            logger.info("figures are not kept yet: %s", error)

    def keep(self) -> None:
        """Add them to the book; blocks.

        Raises:
            OSError: they can't be written; nothing is lost by that.
        """
        with self._disk:
            with self._figures:
                days, self._unkept = self._unkept, {}
            try:
                self._book.add(days)
            except OSError:
                with self._figures:
                    self._unkept = merged(days, self._unkept)
                raise

    async def _soon(self) -> None:
        await self._sleep(KEEP_SECONDS)
        self._is_due = False
        await self.keep_now()

    def _total(self) -> Days:
        # Nothing is on its way between the two.
        with self._disk:
            kept = self._book.read()
            with self._figures:
                return merged(kept, self._unkept)
