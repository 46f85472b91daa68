"""Drops licence texts: models have seen them at the start of very many files."""

from __future__ import annotations

import re

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site

_LICENCE = re.compile(
    r"\bcopyright\b.{0,20}(?:\(c\)|©|\d{4}|\bby\b)|\(c\) copyright|©\s*\d{4}|spdx-license-identifier"
    r"|all rights reserved|\blicensed (?:under|to) |permission is hereby granted|redistribution and use in source"
    r"|gnu (?:lesser |affero )?general public license|\b(?:apache|mit|bsd|mozilla public) licen[cs]e\b"
    r"|without warranties or conditions|this (?:file|program|software) is (?:part of|free software|provided)",
    re.IGNORECASE,
)
_WRITING_ONE = re.compile(r"copyright|licen[cs]e|spdx", re.IGNORECASE)


def cut_licence_header(candidate: Candidate, site: Site) -> Candidate | Rejection:
    """Cut at the first line of a licence text, unless the user is writing one or about one."""
    if any(_WRITING_ONE.search(line) for line in (site.before, *site.preceding[-5:])):
        return candidate
    position = 0
    for line in candidate.text.split("\n"):
        if _LICENCE.search(line):
            kept = candidate.until(max(0, position - 1))
            if position == 0 or not kept.text.strip():
                return Rejection(RejectReason.LICENCE_TEXT, "it is the text of a licence")
            return kept
        position += len(line) + 1
    return candidate
