"""Latest wins: a newer request for a document ends the older one, whether the editor cancels it or not."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable
from typing import Any, TypeVar

from attrs import define, field

T = TypeVar("T")


@define
class LatestWins:
    """At most one piece of work under way for each key."""

    _running: dict[Hashable, asyncio.Task[Any]] = field(factory=dict, init=False)

    async def run(self, key: Hashable, work: Coroutine[Any, Any, T]) -> T | None:
        """Do `work` and return its result, or None when newer work with the same key took its place.

        Cancelling the caller cancels the work, and only that raises `CancelledError`.
        """
        older = self._running.get(key)
        if older is not None:
            older.cancel()
        task = asyncio.ensure_future(work)
        self._running[key] = task
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if not task.cancelled() or (current is not None and current.cancelling()):
                task.cancel()
                raise
            return None
        finally:
            if self._running.get(key) is task:
                del self._running[key]
