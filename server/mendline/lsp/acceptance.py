"""What became of the suggestions of this session: shown, taken, and still there half a minute later."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from attrs import define, field

from mendline.engine.threads import in_daemon_thread
from mendline.features.completion import Made
from mendline.lsp.figure_keeping import FigureKeeping
from mendline.telemetry.acceptance import Figures
from mendline.text.edits import edit_between
from mendline.workspace.store import Workspace

FOLLOWED_SECONDS = 30.0

_PARTLY_KEPT = 64


@define
class Acceptance:
    """Counts by day and language. What is followed is the text in the document, never written anywhere.

    Attributes:
        keeping: where the figures go.
    """

    _workspace: Workspace
    keeping: FigureKeeping
    _sleep: Callable[[float], Awaitable[None]]
    _spawn: Callable[[Coroutine[Any, Any, None]], None]
    _today: Callable[[], datetime.date]
    _partly: dict[int, None] = field(factory=dict, init=False)

    def shown(self, made: Made | None) -> None:
        """Note a suggestion that came to the screen; None for one that is not known any more."""
        self._add(_language(made), Figures(shown=1))

    def partially_accepted(self, made: Made | None, characters: int) -> None:
        """Note that a part of a suggestion was taken: so many UTF-16 units more of it."""
        first = made is None or made.number not in self._partly
        if made is not None:
            self._partly[made.number] = None
            while len(self._partly) > _PARTLY_KEPT:
                del self._partly[next(iter(self._partly))]
        self._add(_language(made), Figures(partially_accepted=int(first), characters=characters))

    def accepted(self, made: Made | None, characters: int) -> None:
        """Note that a suggestion was taken, and follow it.

        Args:
            made: the suggestion; None for one that is not known any more.
            characters: by how much the document has grown with what was left of it.
        """
        self._add(_language(made), Figures(accepted=1, characters=max(0, characters)))
        if made is not None:
            self._spawn(self._follow(made))

    async def _follow(self, made: Made) -> None:
        await self._sleep(FOLLOWED_SECONDS)
        current = self._workspace.snapshot(made.asked.snapshot.uri)
        if current is not None:
            look = functools.partial(
                is_kept, made.result, made.suggestion.range.start, made.cursor, current.document.text
            )
            kept = await in_daemon_thread(look, "acceptance")
            self._add(_language(made), Figures(followed=1, kept=int(kept)))

    def _add(self, language: str, figures: Figures) -> None:
        self.keeping.add({self._today().isoformat(): {language: figures}})


def is_kept(before: str, start: int, end: int, now: str) -> bool:
    """Tell whether what stood at [start, end) of a text, in code points, is still where it was; blanks don't count.

    It is where nothing around it changed, and where what it changed to has it, whole.
    """
    edit = edit_between(before, now)
    if edit.end <= start or edit.start >= end:
        return True
    low, high = min(start, edit.start), max(end, edit.end)
    after = now[low : len(now) - (len(before) - high)]
    return "".join(before[start:end].split()) in "".join(after.split())


def _language(made: Made | None) -> str:
    return "" if made is None else made.asked.snapshot.language_id
