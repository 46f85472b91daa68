"""Writes a candidate's indentation with the document's own white space."""

from __future__ import annotations

import re

import attrs

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.site import Site

_LEADING = re.compile(r"^[ \t]+")
_DEFAULT_WIDTH = 4


def match_indentation(candidate: Candidate, site: Site) -> Candidate:
    """Turn tabs into spaces or spaces into tabs where the lines around the cursor use one of them only."""
    around = [line for line in (*site.preceding, site.before, *site.following) if line.strip() or line is site.before]
    leads = [found.group() for line in around if (found := _LEADING.match(line))]
    tabs = any("\t" in lead for lead in leads)
    spaces = any(lead.startswith("  ") for lead in leads)
    if tabs == spaces:
        return candidate
    width = _DEFAULT_WIDTH if tabs else min((len(lead) for lead in leads if len(lead) > 1), default=_DEFAULT_WIDTH)
    lines = candidate.text.split("\n")
    # The first line's white space is indentation only when nothing stands before it.
    first = 0 if not site.before.strip() else 1
    changed = [
        line if index < first else _LEADING.sub(lambda lead: _converted(lead.group(), tabs, width), line)
        for index, line in enumerate(lines)
    ]
    return attrs.evolve(candidate, text="\n".join(changed))


def _converted(lead: str, tabs: bool, width: int) -> str:
    if not tabs:
        return lead.replace("\t", " " * width)
    columns = len(lead.expandtabs(width))
    return "\t" * (columns // width) + " " * (columns % width)
