"""The whole evaluation: files and a model in, figures out."""

from __future__ import annotations

import enum
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from mendline.engine.host.launch import Launch
from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.protocol import Engine
from mendline.evaluation.code_version import code_version
from mendline.evaluation.fim import control
from mendline.evaluation.fim.asking import Pipeline, Suggester
from mendline.evaluation.fim.holes import draw, files_of, groups_of, read_holes
from mendline.evaluation.fim.language_server import language_server
from mendline.evaluation.fim.summary import summarise
from mendline.evaluation.fim.trials import Asked, Observer, Trial, evaluate
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.patience import patient
from mendline.evaluation.remembering import RememberingEngine
from mendline.evaluation.running import Limits, confinement
from mendline.evaluation.trial_log import TrialLog, TrialLogError, read_log
from mendline.features.completion import Trigger
from mendline.settings.model import Settings

_CONTROLS_REST_ON = ("model", "raw_tokens", "limits")


class Through(enum.Enum):
    """Which way a request takes."""

    PIPELINE = "pipeline"
    """The pipeline and the engine, in this process."""
    LSP = "lsp"
    """A language server over its pipes, and its engine's process."""


@frozen
class Plan:
    """What to evaluate.

    Attributes:
        data: a benchmark's file, or a folder of them.
        model: a GGUF file.
        arms: what is left out in each arm, by its name.
        options: how the model is loaded in this process.
        settings: a user's; the model's name is among them.
        through: which way requests take.
        trigger: how suggestions are asked for.
        limit: the most holes of each file; None takes all.
        seed: which holes these are.
        limits: what an executed program may use up.
        log: a file that keeps each result as it comes, and from which a run is continued.
        controls: the log of another run, whose raw texts are taken over.
    """

    data: Path
    model: Path
    arms: dict[str, frozenset[str]]
    options: LlamaOptions = field(factory=LlamaOptions)
    settings: Settings = field(factory=Settings)
    through: Through = Through.PIPELINE
    trigger: Trigger = Trigger.INVOKED
    limit: int | None = None
    seed: int = 0
    limits: Limits = field(factory=Limits)
    log: Path | None = None
    controls: Path | None = None


async def run(plan: Plan, observe: Observer) -> dict[str, Any]:
    """Evaluate and return figures.

    Args:
        plan: what to evaluate.
        observe: is told of every hole as it is done.

    Returns:
        `about`: what was evaluated and how; `groups`: what `summary.summarise` returns.

    Raises:
        MendlineError: a file, the log or the model can't be used, or programs can't be run.
    """
    files = groups_of(files_of(plan.data))
    about = _about(plan, files)
    holes = [hole for group, file in files.items() for hole in read_holes(file, group)]
    controls = {} if plan.controls is None else _controls(plan.controls, about)
    log = TrialLog(plan.log, about, Trial, lambda trial: trial.name)
    async with _asked(plan, controls) as (asked, engine):
        trials = await evaluate(draw(holes, plan.limit, plan.seed), asked, log, observe)
    selection = {"of": len(holes), "limit": plan.limit, "seed": plan.seed, "controls_taken_over": bool(controls)}
    return {
        "about": {**about, **selection, "engine": engine, "confined_by": confinement()},
        "groups": summarise(trials, plan.seed),
    }


def _about(plan: Plan, files: dict[str, Path]) -> dict[str, Any]:
    """What results depend on; which holes were drawn is not among it, so that a log can be continued with more."""
    return {
        "files": {group: hashlib.sha256(file.read_bytes()).hexdigest() for group, file in files.items()},
        "model": {"file": plan.model.name, "bytes": plan.model.stat().st_size},
        "code": code_version(),
        "through": plan.through.value,
        "trigger": plan.trigger.value,
        "arms": {name: sorted(omit) for name, omit in plan.arms.items()},
        "settings": attrs.asdict(plan.settings.completion),
        "raw_tokens": control.TOKENS,
        "limits": attrs.asdict(plan.limits),
    }


def _controls(path: Path, about: dict[str, Any]) -> dict[str, Trial]:
    """Return the trials of a log whose raw texts are of the same model and holes.

    Raises:
        TrialLogError: they are of others, or it is no log.
    """
    header, trials = read_log(path, Trial)
    for name in _CONTROLS_REST_ON:
        if header.get(name) != about[name]:
            raise TrialLogError(f"{path} is the log of a run with {name} {header.get(name)}, not {about[name]}")
    theirs = header.get("files", {})
    for group, digest in about["files"].items():
        if theirs.get(group) != digest:
            raise TrialLogError(f"{path} is the log of a run on another file than this {group}")
    return {trial.name: trial for trial in trials}


@asynccontextmanager
async def _asked(plan: Plan, controls: dict[str, Trial]) -> AsyncIterator[tuple[Asked, dict[str, Any]]]:
    opened = _in_this_process if plan.through is Through.PIPELINE else _over_lsp
    async with opened(plan) as (suggester, engine):
        info = await engine.info()
        told = {name: getattr(info, name) for name in ("backend", "context_tokens", "threads", "can_splice")}
        yield Asked(engine, suggester, plan.arms, plan.limits, controls), told


@asynccontextmanager
async def _in_this_process(plan: Plan) -> AsyncIterator[tuple[Suggester, Engine]]:
    remembering = RememberingEngine(LlamaEngine(plan.model, plan.options))
    engine = MeteredEngine(remembering)
    with tempfile.TemporaryDirectory() as folder:
        try:
            info = await engine.info()
            yield Pipeline(engine, remembering, info, patient(plan.settings), plan.trigger, Path(folder)), engine
        finally:
            await engine.aclose()


@asynccontextmanager
async def _over_lsp(plan: Plan) -> AsyncIterator[tuple[Suggester, Engine]]:
    launch = Launch.from_settings(plan.settings.model.completion, plan.model, plan.settings.engine)
    async with language_server(launch, plan.settings, plan.trigger) as asked:
        yield asked
