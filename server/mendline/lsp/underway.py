"""Suggestions the model is writing now, which a newer request may go on waiting for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from attrs import define, field

from mendline.features.completion import Asked, Outcome, Suggestion, remainder
from mendline.text.document import Range

logger = logging.getLogger(__name__)


@define(eq=False)
class Work:
    """One request at the model.

    Attributes:
        asked: the request it was begun for.
        task: ends with its outcome.
        text: what the model has written so far.
        waiting: how many requests wait for it; it is ended when none does.
    """

    asked: Asked
    task: asyncio.Task[Outcome] = field(init=False)
    text: str = field(default="", init=False)
    waiting: int = field(default=0, init=False)

    def hear(self, text: str) -> None:
        """Note what the model has written so far."""
        self.text = text

    def suits(self, asked: Asked) -> bool:
        """Whether it was begun for this very place, or what was typed since is what the model is writing."""
        if self.task.done() or not self.asked.answers_to(asked):
            return False
        so_far = Suggestion(self.text, Range(self.asked.offset, self.asked.offset))
        return self.asked.is_same_place(asked) or (
            self.asked.selected is None and remainder(self.asked, so_far, asked) is not None
        )


@define
class Underway:
    """All that the model works on for the editor.

    A request that is overtaken is not lost where the next one goes the same way: typing along with a suggestion that
    is still being written does not begin it anew.
    """

    _ask: Callable[[Asked, Callable[[str], None]], Coroutine[Any, Any, Outcome]]
    _works: list[Work] = field(factory=list, init=False)

    def claim(self, asked: Asked) -> Work | None:
        """Wait for what suits a request, if there is such; `release` ends that. To be called before others give up."""
        work = next((each for each in self._works if each.suits(asked)), None)
        if work is not None:
            work.waiting += 1
        return work

    def release(self, work: Work) -> None:
        """Wait no more; what nobody waits for is ended."""
        work.waiting -= 1
        if not work.waiting:
            work.task.cancel()

    async def outcome(self, work: Work) -> Outcome | None:
        """Return the outcome of what was claimed; None when it came to none."""
        await asyncio.wait({work.task})
        return None if work.task.cancelled() or work.task.exception() is not None else work.task.result()

    async def ask(self, asked: Asked) -> Outcome:
        """Have the model begin a request, and wait for it."""
        work = Work(asked)
        work.task = asyncio.get_running_loop().create_task(self._ask(asked, work.hear), name="suggestion")
        work.waiting += 1
        self._works.append(work)
        work.task.add_done_callback(lambda _: self._ended(work))
        try:
            await asyncio.wait({work.task})
        finally:
            self.release(work)
        return work.task.result()

    def _ended(self, work: Work) -> None:
        self._works.remove(work)
        if not work.waiting and not work.task.cancelled() and (error := work.task.exception()) is not None:
            logger.error("%s in a suggestion nobody waits for", type(error).__name__)
            logger.debug("details", exc_info=error)
