"""What a search may spend, and what it has spent."""

from __future__ import annotations

import math
from collections.abc import Callable

from attrs import define, field, frozen


@frozen
class Budget:
    """What a search may spend. Whichever runs out first ends it.

    Attributes:
        seconds: time from its beginning.
        tokens: what the model may cost, in the unit that batches tell.
        rounds: how often proposals may be asked for.
    """

    seconds: float = math.inf
    tokens: float = math.inf
    rounds: float = math.inf


@define
class Meter:
    """What is left of a budget.

    Attributes:
        budget: what may be spent.
        clock: seconds.
        tokens: spent so far.
    """

    budget: Budget
    clock: Callable[[], float]
    tokens: int = 0
    _start: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._start = self.clock()

    @property
    def seconds(self) -> float:
        """Time since the beginning."""
        return self.clock() - self._start

    @property
    def seconds_left(self) -> float:
        """Time left, never negative."""
        return max(0.0, self.budget.seconds - self.seconds)

    @property
    def tokens_left(self) -> float:
        """Tokens left, never negative."""
        return max(0.0, self.budget.tokens - self.tokens)
