"""Drops a candidate in which there is nothing to see."""

from __future__ import annotations

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site


def drop_blank(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Drop white space; it would be an invisible suggestion that swallows the Tab key."""
    if candidate.text.strip():
        return candidate
    return Rejection(RejectReason.EMPTY, "the model has nothing to add here")
