"""Tasks tried one after the other, in all arms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from attrs import field, frozen

from mendline.evaluation.remembering import RememberingEngine
from mendline.evaluation.repair.arms import LOOP, ONE_SHOT, RESAMPLING, Arm, Setup, accused, loop, one_shot, resampling
from mendline.evaluation.repair.tasks import Task
from mendline.evaluation.trial_log import TrialLog


@frozen
class Trial:
    """What came of a task.

    Attributes:
        name, language, bug: the task's.
        arms: what came of it, by the arm's name.
        right: what came of the right program that was accused; None where that was not tried.
        judged: whether the task can be judged here: the right program passes, and there are asserts to be seen.
    """

    name: str
    language: str
    bug: str
    arms: dict[str, Arm] = field(factory=dict)
    right: Arm | None = None
    judged: bool = True


Observer = Callable[[Sequence[Trial], int], None]
"""Is given all trials so far, the new one last, and how many there will be."""


async def evaluate(
    tasks: Sequence[Task], setup: Setup, log: TrialLog[Trial], observe: Observer, *, accuse: bool
) -> tuple[Trial, ...]:
    """Try each task that the log doesn't have yet.

    Args:
        tasks: what to try, in this order.
        setup: who is asked.
        log: where results are found and put.
        observe: is told of every trial, also of those the log has.
        accuse: whether right programs are tried, too.

    Raises:
        MendlineError: nobody answered, or programs can't be run.
    """
    trials: list[Trial] = []
    for task in tasks:
        trial = log.found(task.name)
        if trial is None:
            trial = await _try(task, setup, accuse=accuse)
            log.add(trial)
        trials.append(trial)
        observe(trials, len(tasks))
    return tuple(trials)


async def _try(task: Task, setup: Setup, *, accuse: bool) -> Trial:
    if isinstance(setup.engine, RememberingEngine):
        setup.engine.forget()
    if not task.visible or not await asyncio.to_thread(task.is_right, task.right, setup.limits):
        return Trial(task.name, task.language, task.bug, judged=False)
    first = await one_shot(task, setup)
    looped = await loop(task, setup)
    # As many tokens as the loop took, and at least those of the one shot, which all arms begin with.
    drawn = await resampling(task, setup, max(looped.tokens, first.tokens))
    return Trial(
        name=task.name,
        language=task.language,
        bug=task.bug,
        arms={ONE_SHOT: first, RESAMPLING: drawn, LOOP: looped},
        right=await accused(task, setup) if accuse else None,
    )
