"""The values of a search."""

from __future__ import annotations

import enum
from typing import Any, Generic, Protocol, TypeVar

from attrs import frozen


class Ordered(Protocol):
    """What a loss has to be: smaller is better."""

    def __lt__(self, other: Any, /) -> bool:
        """Whether this is strictly better than another."""
        ...


C = TypeVar("C")
"""A candidate."""
L = TypeVar("L", bound=Ordered)
"""A loss."""
F = TypeVar("F")
"""What an evaluation found: for the proposer to learn from, and for explanations."""


@frozen
class Verdict(Generic[L, F]):
    """What an evaluation says of a candidate.

    Attributes:
        loss: how bad it is; from any stage but the last, how bad it is at least.
        findings: what was seen.
        solved: whether nothing is left to be done. Only the last stage's counts.
        out: why the candidate can't be taken whatever its loss; empty where it can.
    """

    loss: L
    findings: F
    solved: bool = False
    out: str = ""


class Fate(enum.Enum):
    """What became of a candidate."""

    SOLVED = "solved"
    """It passed all stages and left nothing to be done."""
    BETTER = "better"
    """It passed all stages, and was better than the original and all before it."""
    NOT_BETTER = "not better"
    """At some stage it could no longer become better than the best."""
    OUT = "out"
    """It can't be taken; its verdict says why."""
    REPEATED = "repeated"
    """It was tried before, or is the original: it was not evaluated."""
    UNFINISHED = "unfinished"
    """The search ended while it was evaluated, or before."""


@frozen
class Trial(Generic[C, L, F]):
    """One candidate and what came of it.

    Attributes:
        candidate: what was tried.
        round: in which round it was proposed, from 0.
        fate: what became of it.
        verdict: the last stage's that it got to; None where there was none.
        stages: how many stages it went through.
    """

    candidate: C
    round: int
    fate: Fate
    verdict: Verdict[L, F] | None = None
    stages: int = 0


@frozen
class Batch(Generic[C]):
    """Candidates that were proposed together.

    Attributes:
        candidates: the likeliest first.
        tokens: what they cost.
    """

    candidates: tuple[C, ...]
    tokens: int = 0


class Ending(enum.Enum):
    """Why a search ended."""

    SOLVED = "solved"
    ROUNDS = "all rounds are used up"
    SECONDS = "out of time"
    TOKENS = "out of tokens"
    EXHAUSTED = "nothing new was proposed"


@frozen
class Found(Generic[C, L, F]):
    """What a search has found.

    Attributes:
        best: the best candidate; None where none is strictly better than the original.
        trials: all that was proposed, in the order in which it was decided.
        ending: why it ended.
        rounds: how many rounds were begun.
        tokens: what the proposals cost.
        seconds: how long it took.
    """

    best: Trial[C, L, F] | None
    trials: tuple[Trial[C, L, F], ...]
    ending: Ending
    rounds: int
    tokens: int
    seconds: float
