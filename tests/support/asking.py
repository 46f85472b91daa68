"""Requests and suggestions from drawn text: `ˇ` is the cursor, `«»` what a suggestion or a popup's item replaces."""

from __future__ import annotations

from typing import Any

from mendline.context.related import NOTHING, Related
from mendline.features.completion import Asked, SelectedCompletion, Suggestion, Trigger
from mendline.settings.model import Settings
from mendline.text.document import Range
from support.cursor_text import snapshot_at


def asked_at(
    drawn: str,
    item: str | None = None,
    *,
    trigger: Trigger = Trigger.AUTOMATIC,
    settings: Settings | None = None,
    language_id: str = "",
    related: Related = NOTHING,
    **snapshot: Any,
) -> Asked:
    """Return the request at the cursor. With a popup's `item`, `«»` is what that replaces."""
    range_, drawn = _bracketed(drawn)
    taken, offset = snapshot_at(drawn, language_id, **snapshot)
    selected = None if item is None else SelectedCompletion(range_, item)
    return Asked(taken, offset, trigger, settings or Settings(), selected, related)


def suggestion_in(drawn: str, text: str, confidence: float | None = 0.5) -> Suggestion:
    """Return a suggestion for what is drawn between `«»`, at the cursor where there is no such thing."""
    range_, _ = _bracketed(drawn)
    return Suggestion(text, range_, confidence, parsed=True, checks=("parses",))


def applied(text: str, suggestion: Suggestion) -> str:
    """Return a text with a suggestion accepted."""
    return text[: suggestion.range.start] + suggestion.text + text[suggestion.range.end :]


def _bracketed(drawn: str) -> tuple[Range, str]:
    plain = drawn.replace("«", "").replace("»", "")
    if "«" not in drawn:
        cursor = plain.index("ˇ")
        return Range(cursor, cursor), plain
    bare = drawn.replace("ˇ", "")
    start = bare.index("«")
    return Range(start, bare.index("»") - 1), plain
