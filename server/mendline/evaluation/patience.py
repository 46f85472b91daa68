"""Time enough for every suggestion."""

from __future__ import annotations

import attrs

from mendline.settings.model import Settings

_LIMIT_MS = 120_000


def patient(settings: Settings) -> Settings:
    """Return settings with the longest limit in time that there is.

    On a machine that is idle no suggestion comes near the default limit. On a busy one, where to stop would depend on
    what else it does; how long it took is among the figures.
    """
    return attrs.evolve(settings, completion=attrs.evolve(settings.completion, timeout_ms=_LIMIT_MS))
