"""Which suggestion is shown when one is on the screen already."""

from __future__ import annotations

from mendline.features.completion.outcome import Suggestion

CLEARLY_BETTER = 0.15
"""So much higher (0 to 1) must a suggestion's confidence be for it to take the place of one the user may be reading."""


def gives_way(shown: Suggestion, fresh: Suggestion) -> bool:
    """Whether what is shown gives way to a new suggestion for the same place.

    It does to one that goes on where it ends, and to one that is clearly more likely. A text that changes under the
    reader's eyes costs more than a slightly better one is worth.
    """
    if fresh.range == shown.range and fresh.text.startswith(shown.text):
        return True
    if fresh.confidence is None or shown.confidence is None:
        return False
    return fresh.confidence >= shown.confidence + CLEARLY_BETTER
