"""The whole evaluation: packages and a model in, figures out."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from mendline.engine.fake import FakeEngine
from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.llama.loading import DEFAULT_CONTEXT
from mendline.engine.protocol import Engine, EngineInfo
from mendline.evaluation.code_version import code_version
from mendline.evaluation.crossfile.indexes import Indexes
from mendline.evaluation.crossfile.packages import package_folders
from mendline.evaluation.crossfile.sample import draw_places, fingerprint
from mendline.evaluation.crossfile.summary import summarise
from mendline.evaluation.crossfile.trials import Asking, Observer, Trial, evaluate
from mendline.evaluation.files.code import CodeError
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.trial_log import TrialLog
from mendline.features.completion import Trigger
from mendline.settings.model import Settings


@frozen
class Plan:
    """What to evaluate.

    Attributes:
        model: a GGUF file; None asks nobody, and only shows what a model would see.
        packages: import names or folders; see `packages.package_folders`.
        places: how many.
        seed: which places these are.
        trigger: how suggestions are asked for.
        options: how the model is loaded.
        settings: a user's.
        log: a file that keeps each result as it comes, and from which a run is continued.
    """

    model: Path | None
    packages: tuple[str, ...] = ()
    places: int = 200
    seed: int = 0
    trigger: Trigger = Trigger.AUTOMATIC
    options: LlamaOptions = field(factory=LlamaOptions)
    settings: Settings = field(factory=Settings)
    log: Path | None = None


async def run(plan: Plan, observe: Observer) -> dict[str, Any]:
    """Evaluate and return figures.

    Args:
        plan: what to evaluate.
        observe: is told of every place as it is done.

    Returns:
        `about`: what was evaluated and how, and what `summary.summarise` returns.

    Raises:
        MendlineError: a package is not there, or the log or the model can't be used.
    """
    places = draw_places(package_folders(plan.packages), plan.places, plan.seed)
    if not places:
        raise CodeError("no line of these packages calls something that another of their files defines")
    about = {
        "sample": fingerprint(places),
        "model": {"file": plan.model.name, "bytes": plan.model.stat().st_size} if plan.model is not None else None,
        "code": code_version(),
        "trigger": plan.trigger.value,
        "settings": attrs.asdict(plan.settings.completion),
    }
    log = TrialLog(plan.log, about, Trial, lambda trial: trial.key)
    async with _asking(plan) as (asking, engine):
        trials = await evaluate(places, asking, log, observe)
    selection = {
        "packages": sorted({place.package.name for place in places}),
        "files": len({place.file for place in places}),
        "seed": plan.seed,
    }
    return {"about": {**about, **selection, "engine": engine}, **summarise(places, trials, plan.seed)}


@asynccontextmanager
async def _asking(plan: Plan) -> AsyncIterator[tuple[Asking, dict[str, Any]]]:
    engine = MeteredEngine(_engine(plan))
    with tempfile.TemporaryDirectory(prefix="mendline-crossfile-") as folder:
        indexes = Indexes(Path(folder), plan.settings.privacy.exclude)
        try:
            info = attrs.evolve(await engine.info(), can_splice=True)
            told = {name: getattr(info, name) for name in ("backend", "context_tokens", "threads", "can_splice")}
            yield Asking(engine, info, plan.settings, plan.trigger, indexes), told
        finally:
            indexes.close()
            await engine.aclose()


def _engine(plan: Plan) -> Engine:
    if plan.model is None:
        return FakeEngine(default="", info=EngineInfo("none", backend="none", context_tokens=DEFAULT_CONTEXT))
    # Each prompt is computed as it stands, as an engine that splices has it after a second's rest: moved cells of the
    # one way to ask would spoil the other.
    return LlamaEngine(plan.model, attrs.evolve(plan.options, splice="off"))
