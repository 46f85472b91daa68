"""Items answered and executed, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from attrs import frozen

from mendline.engine.protocol import Engine
from mendline.evaluation.infilling.asking import Method, Pieces, Typing, type_towards
from mendline.evaluation.infilling.items import Item
from mendline.evaluation.infilling.trial import Attempt, Trial
from mendline.evaluation.running import Limits, Outcome, run_program
from mendline.evaluation.timed import timed
from mendline.evaluation.trial_log import TrialLog


@frozen
class Arms:
    """The engines that answer each item, one after the other and never at the same time.

    Attributes:
        recomputing: computes what it has no exact cells for; it is asked for the hole only.
        typing: gets the simulated typing and then the same request; None leaves typing out.
    """

    recomputing: Engine
    typing: Engine | None = None


Observer = Callable[[Sequence[Trial], int], None]
"""Is given all trials so far, the new one last, and how many there will be."""


async def evaluate(
    items: Sequence[Item], arms: Arms, method: Method, log: TrialLog[Trial], *, limits: Limits, observe: Observer
) -> tuple[Trial, ...]:
    """Try each item that the log doesn't have yet.

    Args:
        items: what to try, in this order.
        arms: the engines.
        method: how items are asked.
        log: where results are found and put.
        limits: what an executed program may use up.
        observe: is told of every new trial.

    Returns:
        The trials of all items, in their order.
    """
    trials: list[Trial] = []
    for item in items:
        trial = log.found(item.task_id)
        if trial is None:
            trial = await _try(item, method.pieces(item, items), arms, method, limits)
            log.add(trial)
            trials.append(trial)
            observe(trials, len(items))
        else:
            trials.append(trial)
    return tuple(trials)


async def _try(item: Item, pieces: Pieces, arms: Arms, method: Method, limits: Limits) -> Trial:
    outcomes: dict[str, Outcome] = {}

    async def attempt(engine: Engine, typing: Typing | None = None) -> Attempt:
        answer = await timed(engine.fill(method.request(item, pieces)))
        middle = method.middle(item, answer.texts[0])
        if middle not in outcomes:
            outcomes[middle] = await asyncio.to_thread(run_program, item.program(middle), limits)
        return Attempt(answer, outcomes[middle], middle == item.canonical_solution, typing)

    recomputed = await attempt(arms.recomputing)
    if arms.typing is None:
        return Trial(item.task_id, recomputed)
    typing = await type_towards(arms.typing, item, method, pieces)
    return Trial(item.task_id, recomputed, await attempt(arms.typing, typing))
