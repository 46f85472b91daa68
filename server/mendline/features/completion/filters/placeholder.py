"""Drops a candidate that repeats what stands in a secret's place in the prompt."""

from __future__ import annotations

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from mendline.text.secrets import has_placeholder


def drop_placeholder(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Drop a text with a placeholder in it: the user has the secret itself, and never saw the placeholder."""
    if has_placeholder(candidate.text):
        return Rejection(RejectReason.MASKED_SECRET, "it repeats a secret as the model saw it: masked")
    return candidate
