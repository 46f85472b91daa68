"""The suggestion after the one that was just accepted, begun before the editor asks for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from attrs import define, field, frozen

from mendline.context.related import Related
from mendline.features.completion import Asked, Outcome, Trigger
from mendline.settings.model import Settings
from mendline.workspace.store import Snapshot

logger = logging.getLogger(__name__)


@frozen
class Expected:
    """What a document will be once the editor has put the accepted suggestion in.

    Attributes:
        cursor: behind the suggestion, in code points.
    """

    uri: str
    text: str
    cursor: int
    settings: Settings
    related: Related

    def has_come(self, snapshot: Snapshot) -> bool:
        """Whether this is it."""
        return snapshot.uri == self.uri and snapshot.document.text == self.text


@define
class Ahead:
    """At most one suggestion is made ahead. Any keystroke, and any request for another place, ends that.

    The command that tells of the acceptance may come before or after the change of the document.
    """

    _ask: Callable[[Asked], Coroutine[Any, Any, Outcome | None]]
    _expected: Expected | None = field(default=None, init=False)
    _asked: Asked | None = field(default=None, init=False)
    _task: asyncio.Task[Outcome | None] | None = field(default=None, init=False)

    def expect(self, expected: Expected, current: Snapshot | None) -> None:
        """Note that a suggestion was accepted; begin when the document has it, perhaps now."""
        self.drop()
        self._expected = expected
        if current is not None and expected.has_come(current):
            self._begin(expected, current)

    def edited(self, snapshot: Snapshot) -> None:
        """Note a document's new text: what was expected, or a keystroke."""
        expected = self._expected
        if expected is None:
            return
        if not expected.has_come(snapshot):
            self.drop()
        elif self._task is None:
            self._begin(expected, snapshot)

    def drop(self) -> None:
        """Let it be."""
        if self._task is not None:
            self._task.cancel()
        self._expected = self._asked = self._task = None

    async def outcome(self, asked: Asked) -> Outcome | None:
        """Return the outcome for a request, waiting for it if need be; None, and no more of it, where it is none.

        What is under way goes on when the caller is cancelled, for an editor may ask twice for one place.
        """
        task = self._task
        if task is None or self._asked is None or not self._serves(self._asked, asked):
            self.drop()
            return None
        await asyncio.wait({task})
        outcome = None if task.cancelled() or task.exception() is not None else task.result()
        return None if outcome is None or outcome.error is not None else outcome

    def _begin(self, expected: Expected, snapshot: Snapshot) -> None:
        self._asked = Asked(snapshot, expected.cursor, Trigger.AUTOMATIC, expected.settings, related=expected.related)
        self._task = asyncio.get_running_loop().create_task(self._ask(self._asked), name="ask ahead")
        self._task.add_done_callback(_log_failure)

    def _serves(self, made_for: Asked, asked: Asked) -> bool:
        return made_for.answers_to(asked) and made_for.is_same_place(asked)


def _log_failure(task: asyncio.Task[Outcome | None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s in asking ahead", type(error).__name__)
        logger.debug("details", exc_info=error)
