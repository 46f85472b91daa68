"""How often a process that keeps ending is started again."""

from __future__ import annotations

import collections
from collections.abc import Callable
from pathlib import Path

from mendline.engine.errors import EngineUnavailable
from mendline.engine.host.launch import Launch, Limits, last_words
from mendline.engine.host.registry import Registry


class StartedTooOften(EngineUnavailable):
    """Refused before anything was tried, so it does not count as another failure."""


class RestartLimit:
    """Counts how often a process ended lately.

    Args:
        launch: which process it is.
        registry_directory: where it is found; None for the usual place.
        limits: how many ends within how many seconds are too many.
        clock: monotonic time in seconds.
    """

    def __init__(
        self, launch: Launch, registry_directory: Path | None, limits: Limits, clock: Callable[[], float]
    ) -> None:
        self._launch = launch
        self._directory = registry_directory
        self._limits = limits
        self._clock = clock
        self._ends: collections.deque[float] = collections.deque(maxlen=limits.failures)

    def note_end(self) -> None:
        """Count the end of the process, or a start that came to nothing."""
        self._ends.append(self._clock())

    def check(self) -> None:
        """Say whether the process may be started now.

        Raises:
            StartedTooOften: it ended too often of late; the message has its last words.
        """
        recent = [at for at in self._ends if self._clock() - at < self._limits.window_seconds]
        if len(recent) < self._limits.failures:
            return
        registry = Registry.open(self._directory)
        said = last_words(registry, self._launch.key)
        left = self._limits.window_seconds - (self._clock() - recent[0])
        raise StartedTooOften(
            f"The engine for {self._launch.model} ended {len(recent)} times within "
            f"{self._limits.window_seconds:g} s and is tried again in {max(left, 1):.0f} s"
            f"{'; it said: ' + said if said else ''} (log: {registry.log_path(self._launch.key)})"
        )
