"""Reasons to stay silent that need no model."""

from __future__ import annotations

from mendline.features.completion.outcome import Rejection, RejectReason, Trigger
from mendline.settings.model import Settings
from mendline.workspace.exclusion import excluded_by
from mendline.workspace.store import Snapshot


def silence(snapshot: Snapshot, offset: int, trigger: Trigger, settings: Settings) -> Rejection | None:
    """Return why no suggestion is made at this place, or None when the model shall be asked."""
    if not settings.completion.enabled:
        return Rejection(RejectReason.DISABLED, "completion.enabled is false")
    why = excluded_by(snapshot.path or snapshot.uri, settings.privacy.exclude)
    if why is not None:
        return Rejection(RejectReason.EXCLUDED, why)
    if trigger is Trigger.INVOKED:
        return None
    text = snapshot.document.text
    if not snapshot.cells_before and (not text or text.isspace()):
        return Rejection(RejectReason.EMPTY, "the file is empty: there is nothing to go by")
    following = text[offset : offset + 1]
    if following.isalnum() or following == "_":
        return Rejection(RejectReason.MID_WORD, "a word goes on after the cursor")
    return None
