"""Holes tried one after the other: the controls first, then each arm of the pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import attrs
from attrs import field, frozen

from mendline.engine.protocol import Engine
from mendline.evaluation.fim import control
from mendline.evaluation.fim.asking import Answer, Suggester
from mendline.evaluation.fim.holes import Hole
from mendline.evaluation.fim.judging import Attempt, Judge
from mendline.evaluation.running import Limits
from mendline.evaluation.timed import Timed
from mendline.evaluation.trial_log import TrialLog

PIPELINE = "pipeline"
"""The arm with nothing left out."""


@frozen
class Suggested:
    """What came of a request in one arm.

    Attributes:
        attempt: the first suggestion's; that of the empty hole where nothing was shown.
        any_passed: whether one of the suggestions is right, or nothing was shown and that is right.
        offered: how many there were.
        answer: the suggestions, and what they took.
    """

    attempt: Attempt
    any_passed: bool
    offered: int
    answer: Answer


@frozen
class Trial:
    """What came of a hole.

    Attributes:
        name: the hole's.
        group, problem: the hole's.
        answer: the raw text, and what it cost.
        raw: it as it is.
        first_line: it up to the first line break.
        arms: the suggestions, by the name of what was asked.
    """

    name: str
    group: str
    problem: str
    answer: Timed
    raw: Attempt
    first_line: Attempt
    arms: dict[str, Suggested] = field(factory=dict)


Observer = Callable[[Sequence[Trial], int], None]
"""Is given all trials so far, the new one last, and how many there will be."""


@frozen
class Asked:
    """Who is asked.

    Attributes:
        engine: writes the raw texts.
        suggester: makes suggestions.
        arms: what is left out in each arm, by its name.
        limits: what an executed program may use up.
        controls: trials of another run, by name; their raw texts are taken over.
    """

    engine: Engine
    suggester: Suggester
    arms: Mapping[str, frozenset[str]]
    limits: Limits
    controls: Mapping[str, Trial] = field(factory=dict)


async def evaluate(holes: Sequence[Hole], asked: Asked, log: TrialLog[Trial], observe: Observer) -> tuple[Trial, ...]:
    """Try each hole that the log doesn't have yet.

    Args:
        holes: what to try, in this order.
        asked: who is asked.
        log: where results are found and put.
        observe: is told of every trial, also of those the log has.

    Returns:
        The trials of all holes, in their order.

    Raises:
        MendlineError: nobody answered, or programs can't be run.
    """
    trials: list[Trial] = []
    for hole in holes:
        trial = log.found(hole.name)
        if trial is None:
            trial = await _try(hole, asked)
            log.add(trial)
        trials.append(trial)
        observe(trials, len(holes))
    return tuple(trials)


async def _try(hole: Hole, asked: Asked) -> Trial:
    judge = Judge(hole, asked.limits)
    # Before the pipeline, so that the prompt's cells serve both.
    trial = asked.controls.get(hole.name) or await _control(hole, asked.engine, judge)
    arms = {
        name: await asyncio.to_thread(_suggested, judge, await asked.suggester.suggest(hole, omit))
        for name, omit in asked.arms.items()
    }
    return attrs.evolve(trial, arms=arms)


async def _control(hole: Hole, engine: Engine, judge: Judge) -> Trial:
    raw = await control.raw(engine, hole)
    text = raw.texts[0]
    return Trial(
        name=hole.name,
        group=hole.group,
        problem=hole.problem,
        answer=raw,
        raw=await asyncio.to_thread(judge.attempt, control.whole(hole, text)),
        first_line=await asyncio.to_thread(judge.attempt, control.first_line(hole, text)),
    )


def _suggested(judge: Judge, answer: Answer) -> Suggested:
    edits = answer.edits or (control.whole(judge.hole, ""),)
    return Suggested(
        attempt=judge.attempt(edits[0]),
        any_passed=any(judge.outcome(edit).passed for edit in edits),
        offered=len(answer.edits),
        answer=answer,
    )
