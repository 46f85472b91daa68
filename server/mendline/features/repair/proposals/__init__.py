"""Proposals that need no model: where the right change is one of a few, trying them costs less than asking.

Each is one file with one function; they are tried in the order of `INSTANT`, and judged like any other candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from attrs import frozen

from mendline.features.repair.candidate import Candidate
from mendline.features.repair.problem import Problem
from mendline.features.repair.proposals.awaited import awaited
from mendline.features.repair.proposals.imported import imported
from mendline.features.repair.proposals.indented import indented
from mendline.features.repair.proposals.misspelled import misspelled
from mendline.features.repair.proposals.punctuation import punctuation
from mendline.features.repair.proposals.unused import unused
from mendline.text.document import Edit


@frozen
class Instant:
    """One kind of instant proposal.

    Attributes:
        name: the origin of its candidates, as explanations name it.
        propose: returns the edits of each candidate, the likeliest first.
    """

    name: str
    propose: Callable[[Problem], Iterable[tuple[Edit, ...]]]


INSTANT: Final = (
    Instant("import", imported),
    Instant("similar name", misspelled),
    Instant("await", awaited),
    Instant("punctuation", punctuation),
    Instant("indentation", indented),
    Instant("unused code", unused),
)

_MOST: Final = 8
"""Each costs a run of the checks."""


def instant(problem: Problem) -> tuple[Candidate, ...]:
    """What all of them propose for a problem, each document once."""
    found: dict[str, Candidate] = {}
    for each in INSTANT:
        for edits in each.propose(problem):
            candidate = Candidate.of(problem.document, edits, each.name)
            found.setdefault(candidate.key, candidate)
    return tuple(found.values())[:_MOST]
