"""How long to wait for the next keystroke before the model is asked."""

from __future__ import annotations

from attrs import define

from mendline.features.completion import Trigger
from mendline.settings.model import CompletionSettings

FIRST_SECONDS = 0.075
LEAST_SECONDS = 0.025
MOST_SECONDS = 0.250
_SHARE = 0.25
_WEIGHT = 0.2


@define
class Debounce:
    """The wait before an automatic request; none when the user asks.

    On "auto" it is a quarter of what suggestions take of late (a moving average), within limits: when the model
    answers at once, little is lost by asking for nothing; when it takes long, most of its work would be thrown away.
    """

    _seconds: float = FIRST_SECONDS

    def delay(self, trigger: Trigger, settings: CompletionSettings) -> float:
        """Return the seconds to wait."""
        if trigger is Trigger.INVOKED:
            return 0.0
        if isinstance(settings.debounce_ms, str):
            return self._seconds
        return settings.debounce_ms / 1000

    def observe(self, seconds: float) -> None:
        """Note how long the model took."""
        wanted = min(max(seconds * _SHARE, LEAST_SECONDS), MOST_SECONDS)
        self._seconds += _WEIGHT * (wanted - self._seconds)
