"""Three ways to a repair: one shot, drawing blindly again, and the loop."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from mendline.checks.check import Project
from mendline.checks.finding import Finding, Point
from mendline.engine.protocol import Engine, EngineInfo
from mendline.evaluation.repair.tasks import Task
from mendline.evaluation.repair.visible import PATH, SOURCE, VisibleTests, definition_line, finding
from mendline.evaluation.running import Limits
from mendline.features.repair import Budget, Options, Problem, Repair, repair
from mendline.text.document import Document

ONE_SHOT, RESAMPLING, LOOP = "one shot", "resampling", "loop"

SPURIOUS: Final = "the result is wrong for some inputs"
"""What right programs are accused of."""
_HIDDEN: Final = "a test fails"

_MOST_DRAWS: Final = 60
_MOST_SHOWN: Final = 5


@frozen
class Arm:
    """What came of a task in one arm.

    Attributes:
        passed: whether the program passes all tests.
        changed: whether a change was offered.
        verified: whether it was offered as verified.
        visible_failed: how many of the visible asserts fail after it.
        origin: who proposed the change.
        rounds: how many rounds were begun.
        tried: how many candidates there were.
        tokens: computed by the model: generated ones, and those of prompts that were not in the cache.
        seconds: from the question to the answer.
    """

    passed: bool
    changed: bool
    verified: bool
    visible_failed: int
    origin: str
    rounds: int
    tried: int
    tokens: int
    seconds: float


@frozen
class Setup:
    """Who is asked, and within which bounds.

    Attributes:
        engine: runs the model.
        info: what that is.
        root: an empty folder that stands for the project.
        budget: what the loop may cost.
        candidates: how many the loop draws in a round besides the first choice.
        seed: of all draws.
        limits: what an executed program may use up.
    """

    engine: Engine
    info: EngineInfo
    root: Path
    budget: Budget
    candidates: int = 3
    seed: int = 0
    limits: Limits = field(factory=Limits)


async def loop(task: Task, setup: Setup) -> Arm:
    """Repair as an editor would have it, with the visible asserts as the check."""
    options = Options(candidates=setup.candidates, seed=setup.seed)
    return await _repaired(task, setup, setup.budget, options)


async def one_shot(task: Task, setup: Setup) -> Arm:
    """The model's first choice, without a look at any test."""
    options = Options(candidates=0, instant=False)
    return await _repaired(task, setup, Budget(rounds=1), options, blind=True)


async def resampling(task: Task, setup: Setup, tokens: int) -> Arm:
    """Draw from the same prompt until so many tokens are computed; the visible asserts choose the best."""
    options = Options(
        candidates=setup.candidates, seed=setup.seed, instant=False, feedback=False, grow=False, mutations=0
    )
    return await _repaired(task, setup, Budget(tokens=tokens, rounds=_MOST_DRAWS), options)


async def accused(task: Task, setup: Setup) -> Arm:
    """Repair a program that is right, of which something untrue is said."""
    options = Options(candidates=setup.candidates, seed=setup.seed)
    return await _repaired(evolve(task, before=task.right), setup, setup.budget, options, complaint=SPURIOUS)


async def _repaired(
    task: Task, setup: Setup, budget: Budget, options: Options, *, blind: bool = False, complaint: str = ""
) -> Arm:
    document = Document.of(task.before)
    about = await asyncio.to_thread(_complaint, task, setup.limits, complaint)
    problem = Problem.of(document, task.language, PATH, about, Project(setup.root, trusted=True))
    problem = evolve(problem, notes=("It has to pass these:\n" + "\n".join(task.visible[:_MOST_SHOWN]),))
    checks = () if blind else (VisibleTests(task, setup.limits),)
    began = time.perf_counter()
    found = await repair(problem, setup.engine, checks, budget, options=options, info=setup.info)
    seconds = time.perf_counter() - began
    after = _text(document, found)
    failed = await asyncio.to_thread(task.failures, after, setup.limits)
    passed = await asyncio.to_thread(task.is_right, after, setup.limits)
    return Arm(
        passed=passed,
        changed=found.found,
        verified=found.verified,
        visible_failed=len(failed),
        origin=found.origin,
        rounds=found.explanation.rounds,
        tried=len(found.explanation.attempts),
        tokens=found.explanation.tokens,
        seconds=round(seconds, 3),
    )


def _complaint(task: Task, limits: Limits, untrue: str) -> Finding:
    """What is said of the program: the first visible assert that fails, in all arms the same; or something untrue."""
    line = definition_line(task.before, task.entry_point)
    found = () if untrue else task.failures(task.before, limits)
    if found:
        return finding(task, found[0].number, found[0].instead, line)
    # The bug may show in the other half of the asserts only.
    return Finding(PATH, Point(line, 0), Point(line, 0), untrue or _HIDDEN, source=SOURCE)


def _text(document: Document, found: Repair) -> str:
    for edit in reversed(found.edits):
        document = document.apply(edit)
    return document.text
