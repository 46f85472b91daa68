"""`mendline eval fim`: fill-in-the-middle benchmarks through the code an editor gets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report, spread
from mendline.cli.eval.progress import Show, progress
from mendline.context.sources import SOURCES
from mendline.engine.host.registry import Registry
from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation.fim import evaluation
from mendline.evaluation.fim.evaluation import Plan, Through
from mendline.evaluation.fim.summary import FIRST_LINE, RAW
from mendline.evaluation.fim.trials import PIPELINE, Trial
from mendline.evaluation.running import Limits
from mendline.features.completion import OMITTABLE, Trigger
from mendline.settings.model import EngineSettings, ModelSettings, Settings

# Other files' code is left out already: the programs stand alone.
_ABLATED = tuple(name for name in OMITTABLE if name not in {source.name for source in SOURCES})
_LIMITS = Limits(cpu_seconds=10, wall_seconds=60)
_GOALS = {
    "single_line": {PIPELINE: "≥ 90 %"},
    "multi_line": {PIPELINE: "≥ 62 %"},
    "random_span": {RAW: "≥ +15"},
    **{f"{kind}_python": {RAW: "≥ +10"} for kind in ("block", "control", "api")},
}
"""What shall be reached, by the names that the benchmarks' files have."""
_HEADINGS = {RAW: "raw", FIRST_LINE: "first line"}


@click.command("fim")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="A file of HumanEval-Infilling or of SAFIM's Python part, or a folder with such files.",
)
@MODEL
@click.option(
    "--through",
    type=click.Choice([each.value for each in Through]),
    default=Through.PIPELINE.value,
    show_default=True,
    help="Call the code in this process, or ask a `mendline serve` as an editor does.",
)
@click.option(
    "--trigger",
    type=click.Choice([each.value for each in Trigger]),
    default=Trigger.INVOKED.value,
    show_default=True,
    help="Whether the user asks, or the editor while the user types.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="So many holes of each file; by default all.")
@click.option("--seed", default=0, show_default=True, type=int, help="Which ones --limit takes.")
@click.option("--without", multiple=True, metavar="NAME", help="Also ask with this part left out; may be repeated.")
@click.option("--ablate", is_flag=True, help="Also ask with each part left out in turn.")
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep each result there as it comes; a run that was cut goes on from it.",
)
@click.option(
    "--controls",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take raw texts over from this log of a run with the same model, instead of having them written again.",
)
@JSON
@SAVE
def command(*, data: Path, model: str | None, as_json: bool, save: Path | None, **options: Any) -> None:
    """Measure suggestions on HumanEval-Infilling and SAFIM, through the code an editor gets them from.

    PROGRAMS THAT THE MODEL WROTE ARE EXECUTED, in a process of their own with limits on time and memory; without
    network and with the file system read-only where bubblewrap (bwrap) is installed, and only there.

    At each hole the first suggestion is put into the program, which then has to pass its tests. Beside it, in the same
    run, stands what the model writes at the hole without any of Mendline: as it is, and cut at the first newline.
    Where nothing is shown, the hole stays empty. SAFIM's API items have no tests: their pass@1 is exact match.
    """
    name = model or default_model()
    with progress() as show:
        figures = asyncio.run(evaluation.run(_plan(data, name, options), _Observer(show)))
    report(
        _report_name(data, options),
        {"model": name, **figures},
        _rows,
        as_json=as_json,
        save=save,
        tables=_tables,
        title="mendline eval fim",
    )


def _plan(data: Path, model: str, options: dict[str, Any]) -> Plan:
    if options["through"] == Through.LSP.value and (options["without"] or options["ablate"]):
        raise click.UsageError("a language server can't leave parts out: --without and --ablate need the pipeline")
    settings = Settings(model=ModelSettings(completion=model))
    return Plan(
        data=data,
        model=ModelStore.default().resolve(model),
        arms=_arms(options["without"], each=options["ablate"]),
        options=LlamaOptions.from_settings(EngineSettings(), model, Registry.open().directory),
        settings=settings,
        through=Through(options["through"]),
        trigger=Trigger(options["trigger"]),
        limit=options["limit"],
        seed=options["seed"],
        limits=_LIMITS,
        log=options["log"],
        controls=options["controls"],
    )


def _arms(without: Sequence[str], *, each: bool) -> dict[str, frozenset[str]]:
    """Return what is left out in each arm.

    Raises:
        UsageError: a name that is not known.
    """
    for name in without:
        if name not in OMITTABLE:
            raise click.UsageError(f"there is no part {name!r} to leave out; there are {', '.join(OMITTABLE)}")
    sets = [frozenset[str](), *([frozenset(without)] if without else [])]
    sets += [frozenset({name}) for name in _ABLATED if each]
    return {f"without {', '.join(sorted(omit))}" if omit else PIPELINE: omit for omit in sets}


def _report_name(data: Path, options: dict[str, Any]) -> str:
    parts = ["fim", data.name.partition(".")[0], options["through"], options["trigger"]]
    return "-".join([*parts, *(["ablate"] if options["ablate"] else [])])


class _Observer:
    """Tells how many holes passed so far."""

    def __init__(self, show: Show) -> None:
        self._show = show

    def __call__(self, trials: Sequence[Trial], of: int) -> None:
        raw = sum(trial.raw.outcome.passed for trial in trials)
        first = sum(trial.first_line.outcome.passed for trial in trials)
        own = sum(trial.arms[PIPELINE].attempt.outcome.passed for trial in trials)
        shares = "/".join(f"{100 * count / len(trials):.0f}" for count in (raw, first, own))
        self._show(len(trials), of, f"{trials[-1].group}: passed so far {shares} % (raw/first line/pipeline)")


def _tables(figures: dict[str, Any]) -> Iterable[Table]:
    for name, group in figures["groups"].items():
        arms, paired = group["arms"], group["paired"]
        if len(paired) > 2:
            yield _ablations(name, group)
            arms = {arm: arms[arm] for arm in (RAW, FIRST_LINE, PIPELINE)}
        table = Table("", *(_HEADINGS.get(arm, arm) for arm in arms), title=f"{name}: {group['items']} holes")
        for label, cell in _LINES:
            table.add_row(label, *(cell(arm) for arm in arms.values()))
        yield table


def _ablations(name: str, group: dict[str, Any]) -> Table:
    table = Table("", "pass@1", "minus the whole pipeline, points", "breaks", "repeats", "shown", title=f"{name}: arms")
    for arm, paired in group["paired"].items():
        figures = group["arms"][arm]
        against = _points(paired[PIPELINE]) if PIPELINE in paired else ""
        cells = (_share(figures[each]) for each in ("breaks_shown", "repeats_shown", "shown"))
        table.add_row(arm, _share(figures["pass_at_1"]), against, *cells)
    return table


def _share(found: dict[str, float] | None) -> str:
    if not found or not found["of"]:
        return "–"
    return f"{100 * found['share']:.1f} % ({100 * found['low']:.0f}–{100 * found['high']:.0f})"


def _points(found: dict[str, float]) -> str:
    return f"{found['points']:+.1f} ({found['low']:+.1f} to {found['high']:+.1f})"


def _similarity(arm: dict[str, Any]) -> str:
    found = arm["edit_similarity"]
    return f"{found['mean']:.3f} ({found['low']:.2f}–{found['high']:.2f})"


def _silence(arm: dict[str, Any]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in arm.get("not_shown", {}).items())


def _times(arm: dict[str, Any], name: str) -> str:
    return spread(arm[name]) if arm.get(name) else "–"


_LINES = (
    ("pass@1 (95 %)", lambda arm: _share(arm["pass_at_1"])),
    ("any suggestion passes", lambda arm: _share(arm.get("any_passes"))),
    ("exact match", lambda arm: _share(arm["exact_match"])),
    ("edit similarity", _similarity),
    ("program parses", lambda arm: _share(arm["parses"])),
    ("adds a syntax error", lambda arm: _share(arm["breaks"])),
    ("  of those shown", lambda arm: _share(arm.get("breaks_shown"))),
    ("repeats what follows", lambda arm: _share(arm["repeats"])),
    ("shown", lambda arm: _share(arm.get("shown"))),
    ("not shown, by reason", _silence),
    ("program stopped for time", lambda arm: str(arm["timed_out"])),
    ("tokens", lambda arm: str(arm.get("tokens") or "–")),
    ("latency", lambda arm: _times(arm, "latency")),
    ("  without the model", lambda arm: _times(arm, "own_latency")),
)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    for name, group in figures["groups"].items():
        goals = _GOALS.get(name, {})
        yield f"{name}: pass@1", _share(group["arms"][PIPELINE]["pass_at_1"]), goals.get(PIPELINE, "")
        for other, found in group["paired"][PIPELINE].items():
            yield f"  minus {_HEADINGS[other]}, points", _points(found), goals.get(other, "")
    yield "programs confined by", figures["about"]["confined_by"], ""
