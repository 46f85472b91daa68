"""Reasons to stay silent that need no model."""

from __future__ import annotations

from mendline.features.completion.outcome import Rejection, RejectReason, Trigger
from mendline.settings.model import Settings
from mendline.workspace.exclusion import excluded_by
from mendline.workspace.store import Snapshot


def silence(snapshot: Snapshot, offset: int, trigger: Trigger, settings: Settings) -> Rejection | None:
    """Return why no suggestion is made at this place, or None when the model shall be asked."""
    off = _switched_off(snapshot, settings)
    if off:
        return Rejection(RejectReason.DISABLED, off)
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


def _switched_off(snapshot: Snapshot, settings: Settings) -> str:
    if not settings.completion.enabled:
        return "completion.enabled is false"
    # An editor's name for a language and Mendline's may differ; the user may know either.
    names = {snapshot.language_id, snapshot.language.id if snapshot.language else snapshot.language_id}
    found = names.intersection(settings.completion.disabled_languages)
    return f"completion.disabledLanguages has {min(found)}" if found else ""
