"""From what was noted of each keystroke to what a user waits for, and for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from mendline.evaluation.figures import in_milliseconds

EDITOR_DEBOUNCE_SECONDS = 0.05
"""What VS Code waits after a keystroke before it asks anyone for suggestions ("InlineCompletionsDebounce")."""


def summed(typed: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Sum up keystrokes; parts of the time only of those that the model answered at once.

    Args:
        typed: for each keystroke `key` and `drawn`, when it was pressed and when ghost text was painted (milliseconds
            since 1970; neither where nothing came), and `requests` as `tap.mjs` notes them.

    Raises:
        ValueError: no suggestion was drawn.
    """
    drawn = [each for each in typed if "drawn" in each]
    sources = Counter(_shown(each)["source"] for each in drawn)
    parts = [_parts(each, _shown(each)) for each in drawn if _shown(each)["source"] == "model"]
    names = ("debounce", "model", "rest", "rest_before", "rest_server", "rest_after")
    return {
        "suggestions": len(typed),
        "drawn": len(drawn),
        "sources": dict(sources),
        "to_ghost_ms": in_milliseconds([(each["drawn"] - each["key"]) / 1000 for each in drawn]),
        "editor_debounce_ms": round(1000 * EDITOR_DEBOUNCE_SECONDS),
        **{f"{name}_ms": in_milliseconds([each[name] for each in parts]) for name in names},
    }


def _shown(typed: dict[str, Any]) -> dict[str, Any]:
    """The request whose suggestion was drawn: the first that had one."""
    shown: dict[str, Any] = next(each for each in typed["requests"] if each["items"])
    return shown


def _parts(typed: dict[str, Any], request: dict[str, Any]) -> dict[str, float]:
    """Cut the time of a keystroke into parts, in seconds.

    The model's is from the prompt's beginning to the end of the generation: the way to the engine's process and back is
    in it.
    """
    timings = request["timings"]
    before = (request["asked"] - typed["key"]) / 1000 - EDITOR_DEBOUNCE_SECONDS
    server = (request["answered"] - request["asked"]) / 1000 - timings["waited"] - timings["generated"]
    after = (typed["drawn"] - request["answered"]) / 1000
    return {
        "debounce": timings["waited"],
        "model": timings["generated"],
        "rest": before + server + after,
        "rest_before": before,
        "rest_server": server,
        "rest_after": after,
    }
