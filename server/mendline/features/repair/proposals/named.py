"""Which name of the line a finding is about."""

from __future__ import annotations

import re
from typing import Final

from mendline.features.repair.problem import Problem
from mendline.text.document import Range

_NAME: Final = re.compile(r"[^\W\d]\w*")
_MISSING: Final = re.compile(
    r"undefined|not defined|undeclared|unresolved|unknown|cannot (?:find|resolve)|can't find|not found|could not find"
    r"|does not exist|no such|implicit declaration|incompatible implicit|failed to resolve|no (?:member|attribute|field"
    r"|method)|has no|did you mean|not declared",
    re.IGNORECASE,
)


def says_missing(problem: Problem) -> bool:
    """Whether the finding says that a name doesn't exist."""
    return _MISSING.search(problem.finding.message) is not None


def name_at(problem: Problem) -> Range | None:
    """The name in the finding's line that its message names, from where it points on; else the name it points at."""
    document, at = problem.document, problem.range
    line = document.line_at(at.start)
    start, end = document.line_start(line), document.line_end(line)
    words = [found for found in _NAME.finditer(document.text, start, end) if found.end() > at.start]
    named = set(_NAME.findall(problem.finding.message))
    found = next((word for word in words if word.group() in named), None)
    if found is None and words and words[0].start() <= at.start:
        found = words[0]
    return None if found is None else Range(found.start(), found.end())
