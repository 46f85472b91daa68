"""What comes of a repair: edits for one undo step, a title that carries the evidence, and why this fix."""

from __future__ import annotations

from attrs import field, frozen

from mendline.checks.check import Report
from mendline.checks.finding import Finding
from mendline.text.document import Edit


@frozen
class Attempt:
    """One candidate that was tried, for explanations.

    Attributes:
        round: in which round, from 1.
        origin: who proposed it: "model", or the name of an instant proposal.
        fate: what became of it, in a word or two.
        said: what the checks said against it, a sentence each.
        diff: what it changed, as a unified diff.
    """

    round: int
    origin: str
    fate: str
    said: tuple[str, ...]
    diff: str


@frozen
class Explanation:
    """Why this fix.

    Attributes:
        finding: the problem.
        before: what the checks said of the document as it is.
        attempts: what was tried, in order.
        after: what they said of the fix; empty without one.
        diff: what the fix changes, as a unified diff; empty without one.
        ending: why the search ended, in words.
        rounds: how many rounds were begun.
        tokens: what the model computed.
        seconds: how long all of it took.
        trouble: what kept the model from answering, if something did.
    """

    finding: Finding
    before: tuple[Report, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    after: tuple[Report, ...] = ()
    diff: str = ""
    ending: str = ""
    rounds: int = 0
    tokens: int = 0
    seconds: float = field(default=0.0, eq=False)
    trouble: str = ""


@frozen
class Repair:
    """What came of a repair.

    Attributes:
        edits: of the document, in order, none touching another; to be applied in one step. Empty where nothing better
            than the document was found.
        title: what a user reads, with the evidence.
        verified: whether a check reported the problem before and doesn't any more, and no check found anything new.
        origin: who proposed the fix; empty without one.
        reports: what the checks said of the fix.
        explanation: why.
    """

    edits: tuple[Edit, ...]
    title: str
    verified: bool
    explanation: Explanation
    origin: str = ""
    reports: tuple[Report, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a fix."""
        return bool(self.edits)
