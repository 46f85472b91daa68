"""`mendline eval files`: suggestions in real code, applied and parsed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs
import click
from rich.table import Table

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report, spread
from mendline.cli.eval.progress import Show, progress
from mendline.engine.host.registry import Registry
from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation.files import evaluation
from mendline.evaluation.files.answers import Answers
from mendline.evaluation.files.code import LANGUAGES
from mendline.evaluation.files.evaluation import Plan
from mendline.evaluation.files.trials import Trial
from mendline.settings.model import EngineSettings, ModelSettings, Settings

_MOST_PLACES = 20


@click.command("files")
@click.argument("roots", nargs=-1, metavar="[ROOT]...", type=click.Path(path_type=Path))
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(LANGUAGES),
    help="Only this language; may be repeated. By default all.",
)
@click.option("--positions", default=2000, show_default=True, type=click.IntRange(1), help="How many, all together.")
@click.option("--seed", default=0, show_default=True, type=int, help="Which positions.")
@MODEL
@click.option(
    "--answers",
    type=click.Choice([each.value for each in Answers]),
    default=Answers.MODEL.value,
    show_default=True,
    help="Who answers: the model, or a script that knows what was deleted and writes it right, too long, cut off, "
    "changed in some tokens, or from elsewhere.",
)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep each result there as it comes; a run that was cut goes on from it. It holds the suggestions' text.",
)
@JSON
@SAVE
def command(*, roots: tuple[Path, ...], model: str | None, as_json: bool, save: Path | None, **options: Any) -> None:
    """Suggest at positions in real code, apply what is shown, and count what no longer parses.

    Code is taken from the folders named; where they have none of a language, from the running Python's standard library
    and from the node_modules nearest to this folder. It is only read. At each position the rest of a line, a block, the
    rest of a statement or what is between two brackets is deleted; asked for and automatic suggestions alternate.

    A suggestion is broken if it leaves more syntax errors than there were before it, by a parse from nothing, or if
    Python's own parser took the file before it and not after it.
    """
    answers = Answers(options["answers"])
    name = model or default_model() if answers is Answers.MODEL else None
    with progress() as show:
        figures = asyncio.run(evaluation.run(_plan(roots, name, answers, options), _Observer(show)))
    report(
        "files" if answers is Answers.MODEL else f"files-{answers.value}",
        {"model": name, **figures},
        _rows,
        as_json=as_json,
        save=save,
        tables=_tables,
        title="mendline eval files",
    )


def _plan(roots: tuple[Path, ...], model: str | None, answers: Answers, options: dict[str, Any]) -> Plan:
    plan = Plan(
        model=None,
        roots=roots,
        languages=options["languages"] or LANGUAGES,
        positions=options["positions"],
        seed=options["seed"],
        answers=answers,
        log=options["log"],
    )
    if model is None:
        return plan
    return attrs.evolve(
        plan,
        model=ModelStore.default().resolve(model),
        options=LlamaOptions.from_settings(EngineSettings(), model, Registry.open().directory),
        settings=Settings(model=ModelSettings(completion=model)),
    )


class _Observer:
    """Tells how many suggestions were shown and broken so far."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._shown = self._broken = 0

    def __call__(self, trials: Sequence[Trial], of: int) -> None:
        self._shown += trials[-1].shown is not None
        self._broken += trials[-1].is_broken
        self._show(len(trials), of, f"{self._shown} shown, {self._broken} broken")


def _tables(figures: dict[str, Any]) -> Iterable[Table]:
    groups = {**figures["languages"], **figures["kinds"], **figures["triggers"], "all": figures["all"]}
    table = Table(
        *("", "positions", "shown", "broken", "repeats", "exact", "similarity", "repaired", "left unsound"),
        title="Suggestions in real code",
        title_justify="left",
    )
    for name, group in groups.items():
        shares = (_percent(group[each]) for each in ("shown", "broken", "repeats", "exact"))
        others = (_percent(group[each]) for each in ("repaired", "left_unsound"))
        table.add_row(name, str(group["positions"]), *shares, f"{group['similarity']['mean']:.3f}", *others)
    yield table


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    whole, about = figures["all"], figures["about"]
    yield "positions", f"{whole['positions']} in {about['files']} files of {about['packages']} packages", "2,000"
    yield "suggestions that add a parse error", _counted(whole["broken"]), "0"
    yield "suggestions shown without a parse", _counted(whole["unjudged"]), "0"
    yield "suggestions that repeat what follows", _counted(whole["repeats"]), "0"
    yield "exact match", _counted(whole["exact"]), ""
    similarity = whole["similarity"]
    yield "edit similarity", f"{similarity['mean']:.3f} [{similarity['low']:.3f}, {similarity['high']:.3f}]", ""
    yield "nothing shown", ", ".join(f"{name} {count}" for name, count in whole["not_shown"].items()), ""
    yield "latency without the model", spread(whole["own_latency"]), "p95 ≤ 15 ms"
    yield "latency", spread(whole["latency"]), ""
    if "lost" in figures:
        yield "right texts that were not shown as they are", str(len(figures["lost"])), "0"
    for name in ("broken", "repeating", "lost"):
        for place in figures.get(name, [])[:_MOST_PLACES]:
            yield name, f"{place['place']} ({place['kind']}, {place['trigger']})", ""


def _counted(share: dict[str, float]) -> str:
    limits = f"[{100 * share['low']:.2f}, {100 * share['high']:.2f}]"
    return f"{share['count']} of {share['of']}: {100 * share['share']:.2f} % {limits}"


def _percent(share: dict[str, float]) -> str:
    return f"{100 * share['share']:.1f} %" if share["of"] else "–"
