"""Changes that make a complaint go away without mending anything. They are never offered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from mendline.features.repair.candidate import Candidate
from mendline.features.repair.problem import Problem

SILENCES: Final = "silences the checker instead of mending the code"
EMPTIES: Final = "takes the code away instead of mending it"
NO_CHANGE: Final = "changes nothing"

_SILENCERS: Final = re.compile(
    r"#\s*noqa\b|#\s*type:\s*ignore|#\s*pyright:\s*ignore|#\s*ty:\s*ignore|#\s*pylint:\s*disable|#\s*nosec\b"
    r"|@ts-(?:ignore|nocheck|expect-error)|eslint-disable|\bas\s+any\b|:\s*any\b|\bas\s+unknown\s+as\b"
    r"|#!?\[\s*allow\b|#\s*pragma\s+(?:GCC|clang)\s+diagnostic|//\s*NOLINT|@SuppressWarnings|//\s*nolint"
    r"|#\s*shellcheck\s+disable|//\s*noinspection"
)
_CODE: Final = re.compile(r"\w+")
_UNUSED: Final = re.compile(
    r"unus|never (?:read|used|accessed)|not (?:used|accessed)|redefin|duplicate|unreachable|redundant|extra|unexpected",
    re.IGNORECASE,
)
_LEAST_KEPT: Final = 0.25


def _silences(problem: Problem, candidate: Candidate) -> str:
    before, after = problem.document.text, candidate.after.text
    return SILENCES if len(_SILENCERS.findall(after)) > len(_SILENCERS.findall(before)) else ""


def _empties(problem: Problem, candidate: Candidate) -> str:
    """Deleting what is complained of; for something that isn't used that is the right way."""
    if _UNUSED.search(problem.finding.message):
        return ""
    for edit in candidate.edits:
        before = _CODE.findall(problem.document.text[edit.start : edit.end])
        if len(before) >= 4 and len(_CODE.findall(edit.text)) < _LEAST_KEPT * len(before):
            return EMPTIES
    return ""


def _changes_nothing(problem: Problem, candidate: Candidate) -> str:
    return NO_CHANGE if candidate.after.text == problem.document.text else ""


Guard = Callable[[Problem, Candidate], str]

GUARDS: Final[tuple[Guard, ...]] = (_changes_nothing, _silences, _empties)


def refused(problem: Problem, candidate: Candidate) -> str:
    """Why a candidate isn't worth a check; empty where it is."""
    return next((reason for guard in GUARDS if (reason := guard(problem, candidate))), "")
