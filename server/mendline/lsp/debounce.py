"""How long to wait for the next keystroke before the model is asked."""

from __future__ import annotations

import re

from attrs import define

from mendline.features.completion import Trigger
from mendline.settings.model import CompletionSettings

FIRST_SECONDS = 0.075
LEAST_SECONDS = 0.025
MOST_SECONDS = 0.250
PAUSE_SECONDS = 0.5
"""Keystrokes that lie further apart than this are no burst."""

_SHARE = 0.25
_WEIGHT = 0.2
# A keystroke that is later than the usual one by this factor is not coming.
_OVERDUE = 1.25
# After these people look up, and a suggestion is worth most.
_STOP = re.compile(r"([.(\[{=:,>] ?|(^|[\r\n])[ \t]*)\Z")
_STOP_CHARACTERS = 200


@define
class Debounce:
    """The wait before an automatic request; none when the user asks.

    On "auto" it is a quarter of what suggestions take of late (a moving average), within limits: when the model
    answers at once, little is lost by asking for nothing; when it takes long, most of its work would be thrown away.
    Within a burst of keystrokes the wait lasts until the next one is overdue, where that is at most twice as long. At a
    natural stop, such as after a dot, an opening bracket or a line break, there is none.
    """

    _seconds: float = FIRST_SECONDS
    _typed: float | None = None
    _burst: bool = False
    _rhythm: float = MOST_SECONDS

    def typed(self, now: float) -> None:
        """Note a keystroke, at a time in seconds."""
        gap = None if self._typed is None else now - self._typed
        self._typed = now
        self._burst = gap is not None and gap <= PAUSE_SECONDS
        if gap is not None and self._burst:
            self._rhythm += _WEIGHT * (gap - self._rhythm)

    def delay(self, trigger: Trigger, settings: CompletionSettings, before: str, now: float) -> float:
        """Return the seconds to wait.

        Args:
            trigger: who asks.
            settings: `completion.debounceMs`; a number there is taken as it is.
            before: the text before the cursor, or its end.
            now: the time in seconds, on the clock of `typed`.
        """
        if trigger is Trigger.INVOKED:
            return 0.0
        if not isinstance(settings.debounce_ms, str):
            return settings.debounce_ms / 1000
        if _STOP.search(before[-_STOP_CHARACTERS:]) is not None:
            return 0.0
        in_burst = self._burst and self._typed is not None and now - self._typed <= PAUSE_SECONDS
        overdue = self._rhythm * _OVERDUE
        return (
            min(overdue, MOST_SECONDS) if in_burst and self._seconds < overdue <= 2 * self._seconds else self._seconds
        )

    def observe(self, seconds: float) -> None:
        """Note how long the model took."""
        wanted = min(max(seconds * _SHARE, LEAST_SECONDS), MOST_SECONDS)
        self._seconds += _WEIGHT * (wanted - self._seconds)
