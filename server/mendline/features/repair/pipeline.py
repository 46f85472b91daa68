"""From a problem to a repair: the checks' word on what is there, the search, and what a user is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from attrs import evolve

from mendline.checks.check import Check
from mendline.engine.errors import EngineError
from mendline.engine.protocol import Engine, EngineInfo
from mendline.features.repair import titles
from mendline.features.repair.explaining import attempt_of, diff_of
from mendline.features.repair.judging import Judge
from mendline.features.repair.outcome import Explanation, Repair
from mendline.features.repair.problem import Problem
from mendline.features.repair.proposing import Options, Proposer, RepairTrial
from mendline.search import Budget, Meter, search
from mendline.settings.model import Settings

Progress = Callable[[str, float], None]
"""Is told what is being done, in a few words, and which part of the budget is used up, 0 to 1."""


def budget_of(settings: Settings) -> Budget:
    """What one repair may cost by the user's settings."""
    return Budget(seconds=settings.repair.timeout_ms / 1000, rounds=settings.repair.rounds)


def options_of(settings: Settings, info: EngineInfo | None = None) -> Options:
    """How proposals are made by the user's settings."""
    configured = settings.repair.candidates
    if isinstance(configured, int):
        return Options(candidates=configured)
    return Options(candidates=8 if info is not None and info.on_gpu else 3)


async def repair(
    problem: Problem,
    engine: Engine | None,
    checks: Sequence[Check],
    budget: Budget,
    *,
    options: Options | None = None,
    info: EngineInfo | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Repair:
    """Look for a change of the document that makes the problem go away, and check it.

    Cancelling the task ends the model's work and the checks. An engine that fails ends the model's proposals; what was
    found without it still counts.

    Args:
        problem: what is to be repaired.
        engine: who proposes; None leaves it to the instant proposals.
        checks: who judges; none leaves it to the parser, and no fix is called verified.
        budget: what it may cost; the first look at the document as it is counts.
        options: how proposals are made.
        info: what runs the model, where it is known.
        progress: is told what is being done.
        clock: seconds.
    """
    meter = Meter(budget, clock)
    tell = progress or _nobody
    tell("checking the file as it is", 0.0)
    proposer = Proposer(problem, engine, info, options or Options())
    # The model needs no more than the problem, and answers while the checks look at the document as it is.
    async with proposer.ahead(meter):
        judge = await Judge.of(problem, checks, meter.seconds_left)
        proposer.tests_seconds = judge.ground.failing_tests_seconds
        tell("looking for a fix", _used(meter, 0))
        found = await search(
            judge.original,
            proposer.propose,
            judge.stages,
            Budget(meter.seconds_left, budget.tokens, budget.rounds),
            key=lambda candidate: candidate.key,
            seen=(judge.original_key,),
            observe=lambda trials, number, spent: tell(_tried(trials, number), _used(spent, number)),
            clock=clock,
        )
    about = Explanation(
        finding=problem.finding,
        before=judge.ground.reports,
        attempts=tuple(attempt_of(problem, trial) for trial in found.trials),
        ending=found.ending.value,
        rounds=found.rounds,
        tokens=found.tokens + proposer.unused_tokens,
        seconds=meter.seconds,
        trouble=_words(proposer.error),
    )
    return _concluded(judge, found.best, about)


def _concluded(judge: Judge, best: RepairTrial | None, about: Explanation) -> Repair:
    problem = judge.problem
    if best is None or best.verdict is None:
        return Repair((), titles.nothing(problem), verified=False, explanation=about)
    loss, seen = best.verdict.loss, best.verdict.findings
    return Repair(
        edits=best.candidate.edits,
        title=titles.fixed(judge, loss, seen),
        verified=titles.is_verified(judge, loss, seen),
        explanation=evolve(about, after=seen.reports, diff=diff_of(problem, best.candidate)),
        origin=best.candidate.origin,
        reports=seen.reports,
    )


def _tried(trials: Sequence[RepairTrial], number: int) -> str:
    return f"round {number + 1}: {len(trials)} tried"


def _used(meter: Meter, rounds: int) -> float:
    """The part of the budget that is used up, by whatever runs out first."""
    budget = meter.budget
    spent = ((meter.seconds, budget.seconds), (rounds, budget.rounds), (meter.tokens, budget.tokens))
    return min(1.0, max(used / of if of > 0 else 1.0 for used, of in spent))


def _words(error: EngineError | None) -> str:
    return "" if error is None else str(error)


def _nobody(_words: str, _part: float) -> None:
    return None
