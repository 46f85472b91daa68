"""Propose, evaluate, feed back, until nothing is left to be done or the budget ends.

Invariants, whatever is proposed and however it is judged:

- no candidate is evaluated whose key was seen before, nor one whose key is the original's;
- what is returned went through all stages and is strictly better than the original;
- the best so far is only replaced by what is strictly better;
- a stage is not run for a candidate that an earlier one has shown to be no better than the best.

Cancelling the task ends the proposer or the evaluation that is under way; neither outlives it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Sequence
from typing import Generic

from attrs import define, evolve, field

from mendline.search.budget import Budget, Meter
from mendline.search.model import Batch, C, Ending, F, Fate, Found, L, Trial, Verdict

Propose = Callable[[int, Sequence[Trial[C, L, F]], Meter], AsyncGenerator[Batch[C], None]]
"""Proposes candidates for a round, counted from 0, batch after batch, from what was tried before.

A batch is asked for when the one before it is evaluated, and the trials given grow meanwhile, so it may learn from it.
A round without a batch ends the search.
"""

Evaluate = Callable[[C, Verdict[L, F] | None, Meter], Awaitable[Verdict[L, F]]]
"""One stage of evaluation: judges a candidate, given the previous stage's verdict.

Stages are run in order, the dear ones last; a candidate's loss may only grow from stage to stage.
"""

Observe = Callable[[Sequence[Trial[C, L, F]], int, Meter], None]
"""Is told of every trial: all so far, the new one last, in which round, and what is left."""


async def search(
    original: Verdict[L, F],
    propose: Propose[C, L, F],
    stages: Sequence[Evaluate[C, L, F]],
    budget: Budget,
    *,
    key: Callable[[C], Hashable],
    seen: Sequence[Hashable] = (),
    observe: Observe[C, L, F] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Found[C, L, F]:
    """Search for a candidate that is better than the original.

    Args:
        original: what there is now, judged by all stages.
        propose: where candidates come from.
        stages: how they are judged, at least one.
        budget: when to end.
        key: what makes two candidates the same.
        seen: keys that are not worth trying, the original's among them.
        observe: is told of progress.
        clock: seconds.
    """
    meter = Meter(budget, clock)
    run: _Search[C, L, F] = _Search(original, tuple(stages), meter, key, observe, set(seen))
    ending = Ending.SECONDS
    # A timer of the event loop, so that what hangs is ended in its middle.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(None if meter.seconds_left == float("inf") else meter.seconds_left):
            ending = await run.rounds(propose)
    return Found(run.best, tuple(run.trials), ending, run.begun, meter.tokens, meter.seconds)


@define
class _Search(Generic[C, L, F]):
    """One search under way."""

    original: Verdict[L, F]
    stages: tuple[Evaluate[C, L, F], ...]
    meter: Meter
    key: Callable[[C], Hashable]
    observe: Observe[C, L, F] | None
    seen: set[Hashable]
    trials: list[Trial[C, L, F]] = field(factory=list)
    best: Trial[C, L, F] | None = None
    begun: int = 0

    async def rounds(self, propose: Propose[C, L, F]) -> Ending:
        while self.begun < self.meter.budget.rounds:
            if (ending := self._spent()) is not None:
                return ending
            number, self.begun = self.begun, self.begun + 1
            proposed = False
            async with contextlib.aclosing(propose(number, self.trials, self.meter)) as batches:
                async for batch in batches:
                    proposed = True
                    self.meter.tokens += batch.tokens
                    await self._batch(batch, number)
                    if (ending := self._spent()) is not None:
                        return ending
            if not proposed:
                return Ending.EXHAUSTED
        return Ending.ROUNDS

    def _spent(self) -> Ending | None:
        if self.best is not None and self.best.fate is Fate.SOLVED:
            return Ending.SOLVED
        if self.meter.seconds_left <= 0:
            return Ending.SECONDS
        return Ending.TOKENS if self.meter.tokens_left <= 0 else None

    async def _batch(self, batch: Batch[C], number: int) -> None:
        """Take the candidates of a batch through the stages together, so that the most promising go first."""
        running: list[Trial[C, L, F]] = []
        for candidate in batch.candidates:
            name = self.key(candidate)
            trial: Trial[C, L, F] = Trial(candidate, number, Fate.UNFINISHED)
            if name in self.seen:
                self._decide(evolve(trial, fate=Fate.REPEATED))
            else:
                self.seen.add(name)
                running.append(trial)
        try:
            await self._stages(running)
        finally:
            for trial in running:
                self._decide(trial)

    async def _stages(self, running: list[Trial[C, L, F]]) -> None:
        """Judge candidates; those that are decided are taken out of the list.

        Each stage but the last is run for all before the next begins. In the last one the best so far may come, and
        those that can't beat it any more are spared.
        """
        for stage in self.stages:
            last = stage is self.stages[-1]
            running[:] = _by_loss(running)
            for trial in tuple(running):
                if self._hopeless(trial) or self.meter.seconds_left <= 0:
                    continue
                place = running.index(trial)
                verdict = await stage(trial.candidate, trial.verdict, self.meter)
                judged = evolve(trial, verdict=verdict, stages=trial.stages + 1)
                running[place] = judged
                if verdict.out:
                    self._decide(evolve(running.pop(place), fate=Fate.OUT))
                elif last and self._is_better(verdict):
                    fate = Fate.SOLVED if verdict.solved else Fate.BETTER
                    self.best = evolve(running.pop(place), fate=fate)
                    self._decide(self.best)
                    if fate is Fate.SOLVED:
                        return
            self._drop_hopeless(running)

    def _drop_hopeless(self, running: list[Trial[C, L, F]]) -> None:
        for trial in tuple(running):
            if self._hopeless(trial):
                running.remove(trial)
                self._decide(evolve(trial, fate=Fate.NOT_BETTER))

    def _hopeless(self, trial: Trial[C, L, F]) -> bool:
        return trial.verdict is not None and not self._is_better(trial.verdict)

    def _is_better(self, verdict: Verdict[L, F]) -> bool:
        against = self.original if self.best is None or self.best.verdict is None else self.best.verdict
        return verdict.loss < against.loss

    def _decide(self, trial: Trial[C, L, F]) -> None:
        self.trials.append(trial)
        if self.observe is not None:
            self.observe(self.trials, trial.round, self.meter)


def _by_loss(running: list[Trial[C, L, F]]) -> list[Trial[C, L, F]]:
    """The most promising first; before the first stage nothing is known, and the order stays."""
    judged = [(trial.verdict.loss, trial) for trial in running if trial.verdict is not None]
    if len(judged) < len(running):
        return running
    return [trial for _, trial in sorted(judged, key=lambda pair: pair[0])]
