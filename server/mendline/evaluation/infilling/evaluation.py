"""The whole evaluation: items and models in, figures out."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.evaluation.infilling.asking import Method
from mendline.evaluation.infilling.items import choose, read_items
from mendline.evaluation.infilling.summary import summarise
from mendline.evaluation.infilling.trial import Trial
from mendline.evaluation.infilling.trials import Arms, Observer, evaluate
from mendline.evaluation.json_lines import ItemsError
from mendline.evaluation.running import Limits, confinement
from mendline.evaluation.trial_log import TrialLog

_CONTEXT_TOKENS = 4096
"""The items' prompts have some hundred tokens; two engines with the default context would only cost memory."""


@frozen
class Plan:
    """What to evaluate.

    Attributes:
        items: the benchmark's file.
        model: a GGUF file.
        limit: the most items, spread evenly; None takes all.
        start: index of the first item that may be chosen.
        typed: whether typing is simulated, beside the control.
        method: how items are asked.
        limits: what an executed program may use up.
        log: a file that keeps each result as it comes, and from which a run is continued.
    """

    items: Path
    model: Path
    limit: int | None = None
    start: int = 0
    typed: bool = False
    method: Method = field(factory=Method)
    limits: Limits = field(factory=Limits)
    log: Path | None = None


async def run(plan: Plan, observe: Observer) -> dict[str, Any]:
    """Evaluate and return figures.

    Two engines hold the model: one with the splice, which gets the typing, and one without. Both compute in this
    process, one after the other.

    Args:
        plan: what to evaluate.
        observe: is told of every item as it is done.

    Returns:
        What was evaluated and how, and what `summary.summarise` returns.

    Raises:
        MendlineError: the file of items, the log or the model can't be used.
    """
    every = read_items(plan.items)
    chosen = choose(every, plan.limit, plan.start)
    if not chosen:
        raise ItemsError(f"{plan.items} has {len(every)} items: there is none from number {plan.start} on")
    about = {
        "items": {"file": plan.items.name, "sha256": hashlib.sha256(plan.items.read_bytes()).hexdigest()},
        "model": {"file": plan.model.name, "bytes": plan.model.stat().st_size},
        "typed": plan.typed,
        "method": attrs.asdict(plan.method),
        "limits": attrs.asdict(plan.limits),
    }
    log = TrialLog(plan.log, about, Trial, lambda trial: trial.task_id)
    async with _engines(plan) as (arms, engine):
        trials = await evaluate(chosen, arms, plan.method, log, limits=plan.limits, observe=observe)
    selection = {"of": len(every), "start": plan.start, "limit": plan.limit}
    return {
        "about": {**about, **selection, "engine": engine, "confined_by": confinement()},
        **summarise(trials),
    }


@asynccontextmanager
async def _engines(plan: Plan) -> AsyncIterator[tuple[Arms, dict[str, Any]]]:
    recomputing = LlamaEngine(plan.model, LlamaOptions(context_tokens=_CONTEXT_TOKENS, splice="off"))
    typing = LlamaEngine(plan.model, LlamaOptions(context_tokens=_CONTEXT_TOKENS)) if plan.typed else None
    try:
        info = await (typing or recomputing).info()
        told = {name: getattr(info, name) for name in ("backend", "context_tokens", "threads", "can_splice")}
        yield Arms(recomputing, typing), told
    finally:
        await recomputing.aclose()
        if typing is not None:
            await typing.aclose()
