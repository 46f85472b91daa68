"""What came of an item."""

from __future__ import annotations

from attrs import frozen

from mendline.evaluation.infilling.asking import Typing
from mendline.evaluation.running import Outcome
from mendline.evaluation.timed import Timed


@frozen
class Attempt:
    """One answer to an item.

    Attributes:
        answer: what the model wrote, and what it cost.
        outcome: how the program with it ended.
        exact: whether it is what stood in the hole, to the character.
        typing: what went before, where typing was simulated.
    """

    answer: Timed
    outcome: Outcome
    exact: bool
    typing: Typing | None = None


@frozen
class Trial:
    """One item's result.

    Attributes:
        task_id: the item.
        recomputed: the attempt on a prompt computed exactly.
        typed: the attempt after simulated typing; None where there was none.
    """

    task_id: str
    recomputed: Attempt
    typed: Attempt | None = None
