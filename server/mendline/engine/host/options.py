"""The options an engine process is started with: the `engine.*` settings it cannot change once it runs."""

from __future__ import annotations

import functools
import re

from mendline.settings.loading import Item, items
from mendline.settings.model import EngineSettings

GROUP = "engine"
_ELSEWHERE = frozenset({"idle_minutes"})
"""How long a process stays is no property of what it computes: it has an option of its own."""


@functools.cache
def option_items() -> tuple[Item, ...]:
    """Return the settings that are such options, in the settings' order."""
    return tuple(
        item for item in items() if item.path[0] == GROUP and item.spec.restart and item.path[-1] not in _ELSEWHERE
    )


def option_values(settings: EngineSettings) -> dict[str, int | str]:
    """Return the options' values by the names users know, without `engine.`: `{"gpuLayers": "auto", ...}`."""
    return {short_name(item): getattr(settings, item.path[-1]) for item in option_items()}


def short_name(item: Item) -> str:
    """Return a setting's name without `engine.`."""
    return item.name.removeprefix(f"{GROUP}.")


def flag(name: str) -> str:
    """Return the command-line option of a name: `--gpu-layers` for `gpuLayers`."""
    return "--" + re.sub(r"(?=[A-Z])", "-", name).lower()
