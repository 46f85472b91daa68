"""The whole evaluation: a file of tasks and a model in, figures out."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.evaluation.code_version import code_version
from mendline.evaluation.remembering import RememberingEngine
from mendline.evaluation.repair.arms import Setup
from mendline.evaluation.repair.seeded import SeedObserver, SeedSetup, SeedTrial, evaluate_seeds
from mendline.evaluation.repair.seeds import read_seeds
from mendline.evaluation.repair.summary import summarise, summarise_seeds
from mendline.evaluation.repair.tasks import Task, draw, read_tasks
from mendline.evaluation.repair.trials import Observer, Trial, evaluate
from mendline.evaluation.running import Limits
from mendline.evaluation.trial_log import TrialLog
from mendline.features.repair import Budget, Options


@frozen
class Plan:
    """What to evaluate.

    Attributes:
        data: a file of HumanEvalFix, or a folder with such files.
        language: which of the folder's files, by its name.
        model: a GGUF file.
        options: how the model is loaded.
        budget: what the loop may cost for each task.
        candidates: how many the loop draws in a round besides the first choice.
        accuse: whether right programs are tried, too.
        limit: the most tasks; None takes all.
        seed: which tasks these are, and of all draws.
        limits: what an executed program may use up.
        log: a file that keeps each result as it comes, and from which a run is continued.
    """

    data: Path
    model: Path
    language: str = "python"
    options: LlamaOptions = field(factory=LlamaOptions)
    budget: Budget = field(factory=lambda: Budget(rounds=3))
    candidates: int = 3
    accuse: bool = True
    limit: int | None = None
    seed: int = 0
    limits: Limits = field(factory=Limits)
    log: Path | None = None


async def run(plan: Plan, observe: Observer) -> dict[str, Any]:
    """Evaluate and return figures.

    Returns:
        `about`: what was evaluated and how; `groups`: what `summary.summarise` returns.

    Raises:
        MendlineError: the tasks, the log or the model can't be used, or programs can't be run.
    """
    file = plan.data / f"{plan.language}.jsonl.gz" if plan.data.is_dir() else plan.data
    tasks = read_tasks(file)
    about = {
        "file": {"name": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()},
        "model": {"file": plan.model.name, "bytes": plan.model.stat().st_size},
        "code": code_version(),
        "rounds": plan.budget.rounds,
        "seconds": str(plan.budget.seconds),
        "candidates": plan.candidates,
        "right_programs": plan.accuse,
        "draws": plan.seed,
        "limits": attrs.asdict(plan.limits),
    }
    log = TrialLog(plan.log, about, Trial, lambda trial: trial.name)
    trials, engine = await _trials(plan, draw(tasks, plan.limit, plan.seed), log, observe)
    selection = {"of": len(tasks), "limit": plan.limit, "seed": plan.seed}
    return {
        "about": {**about, **selection, "engine": engine, "confined_by": tasks[0].judge.confinement()},
        "groups": summarise(trials, plan.seed),
    }


@frozen
class SeedPlan:
    """What to evaluate of the programs with seeded errors.

    Attributes:
        model: a GGUF file; None leaves it to proposals that need no model.
        options: how the model is loaded.
        budget: what one repair may cost.
        candidates: how many are drawn in a round besides the first choice.
        languages: the language ids; empty for all.
        limit: the most programs; None takes all.
        seed: which programs these are, and of all draws.
        log: a file that keeps each result as it comes, and from which a run is continued.
    """

    model: Path | None
    options: LlamaOptions = field(factory=LlamaOptions)
    budget: Budget = field(factory=lambda: Budget(seconds=60, rounds=3))
    candidates: int = 3
    languages: frozenset[str] = frozenset()
    limit: int | None = None
    seed: int = 0
    log: Path | None = None


async def run_seeds(plan: SeedPlan, observe: SeedObserver) -> dict[str, Any]:
    """Evaluate programs with seeded errors and return figures.

    Returns:
        `about`: what was evaluated and how; `seeds`: what `summary.summarise_seeds` returns.

    Raises:
        MendlineError: the log or the model can't be used.
    """
    every = [seed for seed in read_seeds() if not plan.languages or seed.language in plan.languages]
    about = {
        "model": plan.model and {"file": plan.model.name, "bytes": plan.model.stat().st_size},
        "code": code_version(),
        "rounds": plan.budget.rounds,
        "seconds": str(plan.budget.seconds),
        "candidates": plan.candidates,
        "draws": plan.seed,
    }
    log = TrialLog(plan.log, about, SeedTrial, lambda trial: trial.name)
    engine = None if plan.model is None else LlamaEngine(plan.model, plan.options)
    try:
        info = None if engine is None else await engine.info()
        setup = SeedSetup(engine, info, plan.budget, Options(candidates=plan.candidates, seed=plan.seed))
        trials = await evaluate_seeds(draw(every, plan.limit, plan.seed), setup, log, observe)
    finally:
        if engine is not None:
            await engine.aclose()
    selection = {"of": len(every), "limit": plan.limit, "languages": sorted(plan.languages)}
    return {"about": {**about, **selection}, "seeds": summarise_seeds(trials)}


async def _trials(
    plan: Plan, tasks: tuple[Task, ...], log: TrialLog[Trial], observe: Observer
) -> tuple[tuple[Trial, ...], dict[str, Any]]:
    engine = RememberingEngine(LlamaEngine(plan.model, plan.options))
    try:
        info = await engine.info()
        with tempfile.TemporaryDirectory(prefix="mendline-repair-") as root:
            setup = Setup(engine, info, Path(root), plan.budget, plan.candidates, plan.seed, plan.limits)
            trials = await evaluate(tasks, setup, log, observe, accuse=plan.accuse)
    finally:
        await engine.aclose()
    return trials, {name: getattr(info, name) for name in ("backend", "context_tokens", "threads")}
