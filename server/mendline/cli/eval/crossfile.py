"""`mendline eval crossfile`: lines that call into another file, with its code in sight and without."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report, spread
from mendline.cli.eval.progress import Show, progress
from mendline.engine.host.registry import Registry
from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation.crossfile import evaluation
from mendline.evaluation.crossfile.evaluation import Plan
from mendline.evaluation.crossfile.summary import NEAR
from mendline.evaluation.crossfile.trials import Trial
from mendline.features.completion import Trigger
from mendline.settings.model import EngineSettings, ModelSettings, Settings

_HEADINGS = {"without": "the file alone", "related": "with other files"}


@click.command("crossfile")
@click.argument("packages", nargs=-1, metavar="[PACKAGE]...")
@click.option("--places", default=200, show_default=True, type=click.IntRange(1), help="How many, all together.")
@click.option("--seed", default=0, show_default=True, type=int, help="Which places.")
@click.option(
    "--trigger",
    type=click.Choice([each.value for each in Trigger]),
    default=Trigger.AUTOMATIC.value,
    show_default=True,
    help="Whether the user asks, or the editor while the user types.",
)
@click.option(
    "--answers",
    type=click.Choice(["model", "none"]),
    default="model",
    show_default=True,
    help="Who answers; without anybody it is seen in a minute what a model would see.",
)
@MODEL
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep each result there as it comes; a run that was cut goes on from it. It holds the suggestions' text.",
)
@JSON
@SAVE
def command(*, packages: tuple[str, ...], model: str | None, as_json: bool, save: Path | None, **options: Any) -> None:
    """Suggest lines that call something another file of the package defines, with that file in sight and without.

    Packages are import names of what is installed beside Mendline, or folders; by default all that are installed. They
    are only read. At each place the line's code is deleted and all else stays; the first line of what is suggested is
    compared with it.
    """
    asked = options["answers"] == "model"
    name = model or default_model() if asked else None
    with progress() as show:
        figures = asyncio.run(evaluation.run(_plan(packages, name, options), _Observer(show)))
    report(
        f"crossfile-{options['trigger']}" if asked else "crossfile-prompts",
        {"model": name, **figures},
        _rows if asked else _rows_of_prompts,
        as_json=as_json,
        save=save,
        tables=_tables if asked else lambda _: (),
        title="mendline eval crossfile",
    )


def _plan(packages: tuple[str, ...], model: str | None, options: dict[str, Any]) -> Plan:
    if model is None:
        return Plan(None, packages, options["places"], options["seed"], Trigger(options["trigger"]), log=options["log"])
    return Plan(
        model=ModelStore.default().resolve(model),
        packages=packages,
        places=options["places"],
        seed=options["seed"],
        trigger=Trigger(options["trigger"]),
        options=LlamaOptions.from_settings(EngineSettings(), model, Registry.open().directory),
        settings=Settings(model=ModelSettings(completion=model)),
        log=options["log"],
    )


class _Observer:
    """Tells how many lines were exact so far, both ways."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._without = self._related = 0

    def __call__(self, trials: Sequence[Trial], of: int) -> None:
        self._without += trials[-1].without.exact
        self._related += trials[-1].related.exact
        self._show(len(trials), of, f"exact: {self._without} from the file alone, {self._related} with other files")


def _tables(figures: dict[str, Any]) -> Iterable[Table]:
    for name, title in (("all", "All places"), ("offered", "Places where the definition was in sight")):
        if name not in figures:
            continue
        group = figures[name]
        table = Table("", *_HEADINGS.values(), title=f"{title}: {group['places']}", title_justify="left")
        for label, cell in _LINES:
            table.add_row(label, *(cell(group[arm]) for arm in _HEADINGS))
        yield table


def _share(found: dict[str, float]) -> str:
    return f"{100 * found['share']:.1f} % [{100 * found['low']:.1f}, {100 * found['high']:.1f}]"


def _mean(found: dict[str, float]) -> str:
    return f"{found['mean']:.3f} [{found['low']:.3f}, {found['high']:.3f}]"


_LINES: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
    ("exact match [95 %]", lambda arm: _share(arm["exact"])),
    ("edit similarity", lambda arm: _mean(arm["similarity"])),
    ("calls what is to be called", lambda arm: _share(arm["calls"])),
    ("the definition was in sight", lambda arm: _share(arm["offered"])),
    ("a call of it was", lambda arm: _share(arm["called"])),
    ("a line nearly the same was", lambda arm: _share(arm["near"])),
    ("tokens of other files", lambda arm: f"{arm['related_tokens']:.0f}"),
    ("not shown", lambda arm: ", ".join(f"{name} {count}" for name, count in arm["not_shown"].items())),
    ("latency, prompt in the cache", lambda arm: spread(arm["latency"])),
)


def _rows_of_prompts(figures: dict[str, Any]) -> Iterable[Row]:
    about, seen = figures["about"], figures["all"]["related"]
    yield "places", f"{figures['all']['places']} in {about['files']} files of {len(about['packages'])} packages", "200"
    yield "what is to be called is named in related code", _share(seen["offered"]), ""
    yield "  a call of it is there", _share(seen["called"]), ""
    yield f"  a line is there with an edit similarity of {NEAR} or more", _share(seen["near"]), ""
    yield "tokens of related code", f"{seen['related_tokens']:.0f}", ""


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    about = figures["about"]
    yield "places", f"{figures['all']['places']} in {about['files']} files of {len(about['packages'])} packages", "200"
    for name, title in (("all", ""), ("offered", ", definition in sight")):
        if name not in figures:
            continue
        group = figures[name]
        exact, similarity = group["exact"], group["similarity"]
        goal = "≥ 1.5" if name == "all" else ""
        yield f"exact match, times that of the file alone{title}", str(group["ratio"] or "–"), goal
        points = f"{exact['points']:+.1f} [{exact['low']:+.1f}, {exact['high']:+.1f}]"
        yield f"exact match, difference in points{title}", points, ""
        yield "  only with other files, only without", f"{exact['only_this']}, {exact['only_control']}", ""
        gain = f"{similarity['mean']:+.3f} [{similarity['low']:+.3f}, {similarity['high']:+.3f}]"
        yield f"edit similarity, difference{title}", gain, ""
