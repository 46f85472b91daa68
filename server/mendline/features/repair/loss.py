"""How bad a candidate is, and what the checks said of it."""

from __future__ import annotations

import enum

from attrs import frozen

from mendline.checks.check import Report
from mendline.checks.finding import Finding


class Target(enum.IntEnum):
    """What became of the problem that is to be repaired; smaller is better."""

    GONE = 0
    """A check reported it before and doesn't any more."""
    UNKNOWN = 1
    """No check that ran here could tell."""
    THERE = 2
    """It is still reported."""


@frozen(order=True)
class Loss:
    """How bad a candidate is; compared field by field, in this order.

    Attributes:
        tests_failed: tests that fail.
        target: what became of the problem.
        new_errors: errors that weren't reported before.
        new_others: warnings and the like that weren't.
        unjudged: checks that ran before and could not this time.
        left: syntax errors in the changed lines that were there before.
        broken: ERROR and MISSING nodes in the tree; 0 without a grammar.
        size: how many characters it changes.
    """

    tests_failed: int = 0
    target: Target = Target.GONE
    new_errors: int = 0
    new_others: int = 0
    unjudged: int = 0
    left: int = 0
    broken: int = 0
    size: int = 0


@frozen
class Seen:
    """What evaluating a candidate showed.

    Attributes:
        reports: of the checks so far, in their order.
        new: what they found that wasn't there before.
        left: what they found that wasn't told before, and that the candidate has not made: an error had hidden it.
        target: what became of the problem.
        remaining: the problem itself as it is reported now, where it still is.
        failures: what tests that fail say.
        parses: whether it adds no syntax error; None without a grammar, or where there was no time.
    """

    reports: tuple[Report, ...] = ()
    new: tuple[Finding, ...] = ()
    left: tuple[Finding, ...] = ()
    target: Target = Target.UNKNOWN
    remaining: tuple[Finding, ...] = ()
    failures: tuple[Finding, ...] = ()
    parses: bool | None = None
