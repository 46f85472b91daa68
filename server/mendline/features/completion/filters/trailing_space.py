"""Removes white space at a candidate's end."""

from __future__ import annotations

import attrs

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.site import Site


def strip_trailing_space(candidate: Candidate, site: Site) -> Candidate:
    """Strip blank ends; before code that follows on the line, spaces stay, and what may be its indentation."""
    text = candidate.text
    if not site.rest.strip():
        return attrs.evolve(candidate, text=text.rstrip())
    meant = candidate.ended and site.rest[0].isspace()
    return candidate if meant or "\n" in text.rstrip() else attrs.evolve(candidate, text=text.rstrip("\n"))
