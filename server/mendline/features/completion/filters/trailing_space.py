"""Removes white space at a candidate's end."""

from __future__ import annotations

import attrs

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.site import Site


def strip_trailing_space(candidate: Candidate, site: Site) -> Candidate:
    """Strip blank ends; before code that follows on the line, spaces on the candidate's last line stay."""
    text = candidate.text
    stripped = text.rstrip("\n") if site.rest.strip() and "\n" not in text.strip() else text.rstrip()
    return attrs.evolve(candidate, text=stripped)
