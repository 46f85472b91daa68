"""The whole evaluation: folders and a model in, figures out."""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.evaluation.code_version import code_version
from mendline.evaluation.files.answers import Answers, Scripted
from mendline.evaluation.files.code import LANGUAGES, CodeError, code_files
from mendline.evaluation.files.sample import Position, draw_sample, fingerprint
from mendline.evaluation.files.summary import lost, summarise
from mendline.evaluation.files.trials import Asking, Observer, Trial, evaluate
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.trial_log import TrialLog
from mendline.settings.model import Settings


@frozen
class Plan:
    """What to evaluate.

    Attributes:
        model: a GGUF file; None where it isn't the model that answers.
        roots: folders with code; see `code.code_files`.
        languages: of `code.LANGUAGES`, those wanted.
        positions: how many.
        seed: which positions these are.
        answers: who answers.
        options: how the model is loaded.
        settings: a user's.
        log: a file that keeps each result as it comes, and from which a run is continued.
    """

    model: Path | None
    roots: tuple[Path, ...] = ()
    languages: tuple[str, ...] = LANGUAGES
    positions: int = 2000
    seed: int = 0
    answers: Answers = Answers.MODEL
    options: LlamaOptions = field(factory=LlamaOptions)
    settings: Settings = field(factory=Settings)
    log: Path | None = None


async def run(plan: Plan, observe: Observer) -> dict[str, Any]:
    """Evaluate and return figures.

    Args:
        plan: what to evaluate.
        observe: is told of every position as it is done.

    Returns:
        `about`: what was evaluated and how, and what `summary.summarise` returns; where the right text is what was
        answered, `lost`: the places where it was not shown as it is.

    Raises:
        MendlineError: there is no code, or the log or the model can't be used.
    """
    sample = draw_sample(code_files(plan.roots, plan.languages), plan.positions, plan.seed)
    if not sample:
        raise CodeError("there is code, but no place in it where something can be deleted")
    about = {
        "sample": fingerprint(sample),
        "answers": plan.answers.value,
        "model": {"file": plan.model.name, "bytes": plan.model.stat().st_size} if plan.model is not None else None,
        "code": code_version(),
        "settings": attrs.asdict(plan.settings.completion),
    }
    log = TrialLog(plan.log, about, Trial, lambda trial: trial.key)
    async with _asking(plan, sample) as (asking, engine):
        trials = await evaluate(sample, asking, log, observe)
    selection = {
        "languages": list(plan.languages),
        "files": len({position.file for position in sample}),
        "packages": len({(position.file.language, position.file.package) for position in sample}),
        "seed": plan.seed,
        "python": platform.python_version(),
    }
    figures = {"about": {**about, **selection, "engine": engine}, **summarise(sample, trials, plan.seed)}
    if plan.answers in (Answers.RIGHT, Answers.OVERRUN):
        figures["lost"] = lost(sample, trials, plan.settings.completion.max_tokens)
    return figures


@asynccontextmanager
async def _asking(plan: Plan, sample: Sequence[Position]) -> AsyncIterator[tuple[Asking, dict[str, Any]]]:
    if plan.answers is not Answers.MODEL:
        scripted = Scripted(plan.answers, sample, plan.seed)
        info = await scripted.info()
        yield (
            Asking(MeteredEngine(scripted), info, plan.settings, announce=scripted.announce),
            {"backend": info.backend},
        )
        return
    assert plan.model is not None
    engine = MeteredEngine(LlamaEngine(plan.model, plan.options))
    try:
        info = await engine.info()
        told = {name: getattr(info, name) for name in ("backend", "context_tokens", "threads", "can_splice")}
        yield Asking(engine, info, plan.settings), told
    finally:
        await engine.aclose()
