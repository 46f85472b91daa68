"""Drops a candidate that brings back what the user has just deleted."""

from __future__ import annotations

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site


def drop_deleted(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Drop a text that is the one deleted last at the cursor, however it is indented and its lines are broken."""
    if brings_back(candidate.text, site.deleted):
        return Rejection(RejectReason.JUST_DELETED, "it is what was deleted here a moment ago")
    return candidate


def brings_back(text: str, deleted: str) -> bool:
    """Whether a text is a deleted one, white space aside."""
    words = deleted.split()
    return bool(words) and text.split() == words
