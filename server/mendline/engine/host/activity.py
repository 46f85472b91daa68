"""How busy the process is: what the idle exit and the status go by."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from mendline.engine.errors import EngineOverloaded

MAX_ACTIVE = 64
"""Requests at work or waiting; one more is told that the engine is overloaded."""


class Activity:
    """Counts requests.

    Args:
        clock: monotonic time in seconds.

    Attributes:
        active: requests at work or waiting.
        served: requests that have ended, cancelled ones too.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = self._last = clock()
        self.active = 0
        self.served = 0

    @property
    def idle_seconds(self) -> float:
        """Seconds since the last request ended (or the process began); 0 while there is one."""
        return 0.0 if self.active else self._clock() - self._last

    @property
    def uptime_seconds(self) -> float:
        """Seconds since the process began to serve."""
        return self._clock() - self._started

    def touch(self) -> None:
        """Count as busy at this moment, without a request."""
        self._last = self._clock()

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """Count a request while it lasts.

        Raises:
            EngineOverloaded: too many are waiting already.
        """
        if self.active >= MAX_ACTIVE:
            raise EngineOverloaded(f"The engine has {self.active} requests waiting; try again in a moment.")
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1
            self.served += 1
            self.touch()
