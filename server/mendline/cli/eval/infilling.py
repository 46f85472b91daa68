"""`mendline eval infilling FILE`: HumanEval-Infilling, also after simulated typing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report, spread
from mendline.engine.models import ModelStore
from mendline.evaluation.infilling import evaluation
from mendline.evaluation.infilling.asking import Method
from mendline.evaluation.infilling.evaluation import Plan
from mendline.evaluation.infilling.trial import Trial
from mendline.evaluation.running import Limits

_WALL_FOR_CPU = 6
"""Wall time allowed for each second of processor time: the machine may have other work."""


@click.command("infilling")
@click.argument("file", metavar="FILE.jsonl.gz", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@MODEL
@click.option("--typed", is_flag=True, help="Simulate typing up to each hole; the exact computation is the control.")
@click.option("--characters", default=24, show_default=True, type=click.IntRange(1, 10_000), help="How many are typed.")
@click.option("--step", default=3, show_default=True, type=click.IntRange(1, 10_000), help="How many come at once.")
@click.option(
    "--pause",
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    type=click.FloatRange(0, 60),
    help="Time between steps, for what the engine does when idle. 0 is the worst case for the splice.",
)
@click.option(
    "--related",
    default=0,
    show_default=True,
    metavar="N",
    type=click.IntRange(0, 50),
    help="So many other programs stand before each one, in another order while it is opened (with --typed).",
)
@click.option("--raw", is_flag=True, help="Take single-line answers as they come, not cut at the line's end.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="So many items, spread evenly; by default all.")
@click.option("--start", default=0, show_default=True, type=click.IntRange(0), help="Begin at this item, from 0.")
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep each result there as it comes; a run that was cut goes on from it.",
)
@click.option(
    "--timeout",
    default=5,
    show_default=True,
    metavar="SECONDS",
    type=click.IntRange(1, 3600),
    help="Processor time for an executed program.",
)
@JSON
@SAVE
def command(file: Path, *, model: str | None, as_json: bool, save: Path | None, **options: Any) -> None:
    """Measure pass@1 on a file of HumanEval-Infilling (github.com/openai/human-eval-infilling).

    PROGRAMS THAT THE MODEL WROTE ARE EXECUTED, in a process of their own with limits on time and memory; without
    network and with the file system read-only where bubblewrap (bwrap) is installed, and only there.

    Decoding is greedy. With --typed, each program is opened with some characters before the hole missing; these are
    then typed, a request at each step, and what the model writes at the end is compared with what it writes when
    the same prompt is computed exactly. With --related, pieces of other programs change their places in the cache,
    too; then --characters 1 shows what that alone does. Two copies of the model are held in memory for that.
    """
    name = model or default_model()
    figures = asyncio.run(evaluation.run(_plan(file, name, options), _Progress()))
    report(
        f"infilling-{_way(options)}{file.name.partition('.')[0]}",
        {"model": name, **figures},
        _rows,
        as_json=as_json,
        save=save,
        title="mendline eval infilling",
    )


def _way(options: dict[str, Any]) -> str:
    return ("typed-" if options["typed"] else "") + (f"related-{options['related']}-" if options["related"] else "")


def _plan(file: Path, model: str, options: dict[str, Any]) -> Plan:
    return Plan(
        items=file,
        model=ModelStore.default().resolve(model),
        limit=options["limit"],
        start=options["start"],
        typed=options["typed"],
        method=Method(options["raw"], options["characters"], options["step"], options["pause"], options["related"]),
        limits=Limits(cpu_seconds=options["timeout"], wall_seconds=_WALL_FOR_CPU * options["timeout"]),
        log=options["log"],
    )


class _Progress:
    """Writes a line to standard error for each item that is done."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._tried = 0

    def __call__(self, trials: Sequence[Trial], of: int) -> None:
        self._tried += 1
        left = (time.monotonic() - self._start) / self._tried * (of - len(trials))
        last = trials[-1]
        passed = _percent(sum(trial.recomputed.outcome.passed for trial in trials) / len(trials))
        parts = [f"{len(trials)}/{of} {last.task_id}: {last.recomputed.outcome.verdict.value}"]
        if last.typed is not None:
            parts.append(f"{last.typed.outcome.verdict.value} after typing")
            typed = sum(trial.typed is not None and trial.typed.outcome.passed for trial in trials)
            passed += f" and {_percent(typed / len(trials))}"
        parts += [f"pass@1 so far {passed}", f"about {left / 60:.0f} min left"]
        click.echo("; ".join(parts), err=True)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    recomputed, typed = figures["recomputed"], figures.get("typed")
    yield "items", f"{figures['items']} of {figures['about']['of']}", ""
    yield from _arm_rows("computed exactly", recomputed)
    if typed is not None:
        yield from _arm_rows("after typing", typed)
        yield from _paired_rows("after typing minus computed exactly", figures["paired"], "≥ −1 point")
        if spliced := figures.get("paired_spliced"):
            yield from _paired_rows(f"the same, the {spliced['items']} items with approximate cells", spliced)
        yield from _typing_rows(figures["typing"])
    yield "programs confined by", figures["about"]["confined_by"], ""


def _arm_rows(name: str, arm: dict[str, Any]) -> Iterable[Row]:
    yield f"pass@1, {name}", f"{_percent(arm['pass_at_1'])} (exact match {_percent(arm['exact_match'])})", ""
    yield "  programs that don't parse, that don't end", f"{arm['did_not_parse']}, {arm['timed_out']}", ""
    tokens = f"{arm['computed_tokens']:.0f} of {arm['prompt_tokens']:.0f}"
    yield "  tokens computed at the hole", f"{tokens}, {arm['approximate_tokens']:.0f} approximate", ""
    yield "  time to first token, to the end", f"{spread(arm['first_token'])}; {spread(arm['whole'])}", ""


def _paired_rows(name: str, paired: dict[str, Any], goal: str = "") -> Iterable[Row]:
    difference = f"{paired['difference_points']:+.1f} ± {paired['standard_error_points']:.1f} points (standard error)"
    yield name, difference, goal
    counts = ", ".join(str(paired[name]) for name in ("both", "only_recomputed", "only_typed", "neither"))
    yield "  passed both, only exactly, only typed, neither", counts, ""
    yield "  identical texts", _percent(paired["identical_texts"]), ""


def _typing_rows(typing: dict[str, Any]) -> Iterable[Row]:
    approximate = f"{typing['opening_approximate_tokens']:.0f} approximate"
    yield "opening: tokens computed", f"{typing['opening_computed_tokens']:.0f}, {approximate}", ""
    if step := typing.get("step"):
        tokens = f"{step['computed_tokens']:.1f} of {step['prompt_tokens']:.0f}"
        yield "a typed step: tokens computed", f"{tokens}, {step['approximate_tokens']:.0f} approximate", ""
        yield "  time to first token", spread(step["first_token"]), ""


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
