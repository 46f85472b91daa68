"""`mendline eval repair`: bugs and real tools' diagnostics through the code an editor gets its fixes from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report
from mendline.cli.eval.progress import Show, progress
from mendline.engine.host.registry import Registry
from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation.repair import evaluation
from mendline.evaluation.repair.arms import LOOP, ONE_SHOT, RESAMPLING
from mendline.evaluation.repair.evaluation import Plan, SeedPlan
from mendline.evaluation.repair.seeded import SeedTrial
from mendline.evaluation.repair.summary import ARMS
from mendline.evaluation.repair.trials import Trial
from mendline.evaluation.running import Limits
from mendline.features.repair import Budget
from mendline.settings.model import EngineSettings

_LIMITS = Limits(cpu_seconds=5, wall_seconds=30)
_SEED_SECONDS = 60.0
_GOALS = {ONE_SHOT: "≥ +15", RESAMPLING: "≥ +3"}


@click.command("repair")
@click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="A file of HumanEvalFix in Python, JavaScript, Java, C++, Rust or Go, or a folder with such files.",
)
@click.option(
    "--seeded", is_flag=True, help="Instead: small programs with one error each, found by this machine's tools."
)
@click.option(
    "--language", "languages", multiple=True, metavar="ID", help="With --seeded: only these; may be repeated."
)
@click.option("--no-model", is_flag=True, help="With --seeded: only proposals that need no model.")
@MODEL
@click.option("--limit", type=click.IntRange(1), metavar="N", help="So many tasks; by default all.")
@click.option("--seed", default=0, show_default=True, type=int, help="Which ones --limit takes, and of all draws.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1), help="Of the loop.")
@click.option(
    "--candidates", default=3, show_default=True, type=click.IntRange(0), help="Drawn besides the first, each round."
)
@click.option(
    "--accuse/--no-accuse", default=True, help="Whether right programs are tried, too, with a false complaint."
)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep each result there as it comes; a run that was cut goes on from it.",
)
@JSON
@SAVE
def command(*, data: Path | None, model: str | None, as_json: bool, save: Path | None, **options: Any) -> None:
    """Measure repairs on HumanEvalFix: one shot, drawing blindly again, and the loop, at equal cost in tokens.

    PROGRAMS THAT THE MODEL WROTE ARE EXECUTED, in a process of their own with limits on time and memory; without
    network and with the file system read-only where bubblewrap (bwrap) is installed, and only there.

    Who repairs sees the first half of a task's asserts; a program counts as right if it passes all of them. Drawing
    goes on until it has cost what the loop has. Right programs are tried, too, with a complaint that is not true.

    With --seeded, compilers and linters of this machine look for the error in small programs that come with Mendline,
    and judge what was made of them.
    """
    if options["seeded"] == (data is not None):
        raise click.UsageError("name either --data or --seeded")
    if data is None:
        _seeded(model, options, as_json=as_json, save=save)
        return
    name = model or default_model()
    with progress() as show:
        figures = asyncio.run(evaluation.run(_plan(data, name, options), _Observer(show)))
    report(
        "-".join(["repair", data.name.partition(".")[0], *options["languages"]]),
        {"model": name, **figures},
        _rows,
        as_json=as_json,
        save=save,
        tables=_tables,
        title="mendline eval repair",
    )


def _plan(data: Path, model: str, options: dict[str, Any]) -> Plan:
    return Plan(
        data=data,
        model=ModelStore.default().resolve(model),
        language=(*options["languages"], "python")[0],
        options=LlamaOptions.from_settings(EngineSettings(), model, Registry.open().directory),
        budget=Budget(rounds=options["rounds"]),
        candidates=options["candidates"],
        accuse=options["accuse"],
        limit=options["limit"],
        seed=options["seed"],
        limits=_LIMITS,
        log=options["log"],
    )


def _seeded(model: str | None, options: dict[str, Any], *, as_json: bool, save: Path | None) -> None:
    name = None if options["no_model"] else model or default_model()
    plan = SeedPlan(
        model=None if name is None else ModelStore.default().resolve(name),
        options=LlamaOptions()
        if name is None
        else LlamaOptions.from_settings(EngineSettings(), name, Registry.open().directory),
        budget=Budget(seconds=_SEED_SECONDS, rounds=options["rounds"]),
        candidates=options["candidates"],
        languages=frozenset(options["languages"]),
        limit=options["limit"],
        seed=options["seed"],
        log=options["log"],
    )
    with progress() as show:
        figures = asyncio.run(evaluation.run_seeds(plan, _SeedObserver(show)))
    report(
        "repair-seeded",
        {"model": name, **figures},
        _seed_rows,
        as_json=as_json,
        save=save,
        tables=_seed_tables,
        title="mendline eval repair --seeded",
    )


class _SeedObserver:
    """Tells how many programs were fixed so far."""

    def __init__(self, show: Show) -> None:
        self._show = show

    def __call__(self, trials: Sequence[SeedTrial], of: int) -> None:
        verified, known = sum(each.verified for each in trials), sum(bool(each.diagnosed_by) for each in trials)
        last = trials[-1]
        came = last.title or "no tool reports the error"
        self._show(len(trials), of, f"{last.name}: {came}; fixed and verified so far {verified} of {known}")


class _Observer:
    """Tells how many tasks passed so far."""

    def __init__(self, show: Show) -> None:
        self._show = show

    def __call__(self, trials: Sequence[Trial], of: int) -> None:
        judged = [trial for trial in trials if trial.judged]
        shares = (100 * sum(trial.arms[name].passed for trial in judged) / max(1, len(judged)) for name in ARMS)
        told = "/".join(f"{share:.0f}" for share in shares)
        self._show(len(trials), of, f"{trials[-1].name}: passed so far {told} % ({'/'.join(ARMS)})")


def _tables(figures: dict[str, Any]) -> Iterable[Table]:
    for name, group in figures["groups"].items():
        table = Table("", *ARMS, title=f"{name}: {group['tasks']} tasks, {group['not_judged']} can't be judged here")
        for label, cell in _LINES:
            table.add_row(label, *(cell(group["arms"][arm]) for arm in ARMS))
        for bug, shares in group["by_bug"].items():
            table.add_row(f"pass@1: {bug}", *(_share(shares[arm]) for arm in ARMS))
        yield table


def _seed_tables(figures: dict[str, Any]) -> Iterable[Table]:
    seeds = figures["seeds"]
    for title, groups in (("by language", seeds["by_language"]), ("by kind of error", seeds["by_kind"])):
        table = Table("", "reported", "fixed and verified", "as it was", "median s", "by", title=title)
        for name, group in groups.items():
            by = ", ".join(f"{origin} {count}" for origin, count in group["origins"].items())
            reported = f"{group['diagnosed']} of {group['programs']}"
            seconds = "–" if group["seconds"] is None else f"{group['seconds']:.1f}"
            table.add_row(name, reported, _share(group["verified"]), _share(group["exact"]), seconds, by)
        yield table


def _seed_rows(figures: dict[str, Any]) -> Iterable[Row]:
    seeds = figures["seeds"]
    every = seeds["all"]
    yield "errors that a tool here reports", f"{every['diagnosed']} of {every['programs']}", ""
    yield "fixed and verified", _share(every["verified"]), "≥ 70 %"
    yield "verified ones that pass again from nothing", _share(every["holds"]), "100 %"
    yield "the program as it was", _share(every["exact"]), ""
    yield "seconds to a verified fix, median", str(every["seconds"] or "–"), "≤ 8"
    for origin, seconds in every["seconds_by_origin"].items():
        yield f"the same where it is by: {origin}", str(seconds), "≤ 8"
    for check, count in seeds["missing"].items():
        yield "did not run", f"{check} ({count})", ""


def _share(found: dict[str, float]) -> str:
    if not found["of"]:
        return "–"
    return f"{100 * found['share']:.1f} % ({100 * found['low']:.0f}–{100 * found['high']:.0f})"


def _points(found: dict[str, float]) -> str:
    return f"{found['points']:+.1f} ({found['low']:+.1f} to {found['high']:+.1f})"


_LINES: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
    ("pass@1 (95 %)", lambda arm: _share(arm["pass_at_1"])),
    ("visible asserts pass", lambda arm: _share(arm["visible_pass"])),
    ("claimed verified", lambda arm: _share(arm["verified"])),
    ("  verified but wrong", lambda arm: _share(arm["verified_but_wrong"])),
    ("right ones by", lambda arm: ", ".join(f"{name} {count}" for name, count in arm["origins"].items())),
    ("candidates tried", lambda arm: str(arm["tried"])),
    ("tokens", lambda arm: str(arm["tokens"])),
    ("seconds", lambda arm: str(arm["seconds"])),
)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    for name, group in figures["groups"].items():
        yield f"{name}: pass@1 of the loop", _share(group["arms"][LOOP]["pass_at_1"]), ""
        for other, found in group["loop_minus"].items():
            yield f"  minus {other}, points", _points(found), _GOALS[other]
        yield "  verified, but a visible assert fails", str(group["arms"][LOOP]["verified_but_visible_fails"]), "0"
        right = group["right"]
        yield "  right programs that were changed", _share(right["changed"]), ""
        yield "  right programs made worse", _share(right["worse"]), ""
        yield "  made worse and called verified", str(right["worse_and_verified"]), "0"
    yield "programs confined by", figures["about"]["confined_by"], ""
