"""`mendline bench tune`: measure the few settings that matter, and use the fastest from then on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from mendline import app
from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, report
from mendline.engine.host.registry import Registry
from mendline.engine.llama.tuned import TUNED_FOLDER
from mendline.engine.models import ModelStore
from mendline.evaluation.tuning import tune


@click.command("tune")
@MODEL
@click.option("--forget", is_flag=True, help="Measure nothing; forget what was measured for this model.")
@click.option("--anyway", is_flag=True, help="Remember the result even if other programs were busy meanwhile.")
@JSON
@SAVE
def command(
    model: str | None = None,
    *,
    forget: bool = False,
    anyway: bool = False,
    as_json: bool = False,
    save: Path | None = None,
) -> None:
    """Find the fastest threads, micro-batch, flash attention and layout of weights for a model on this machine.

    Takes about two minutes, in which the machine should have nothing else to do. The result is used by every setting
    that says "auto" when the engine is started next; `mendline doctor` shows it. What is set by hand stays as it is.
    """
    settings = app.load_settings(None).settings
    name = model or settings.model.completion
    path = ModelStore.default().resolve(name)
    folder = Registry.open().directory / TUNED_FOLDER
    if forget:
        there = tune.forget_tuning(path, folder)
        click.echo(f"Forgot what was measured for {name}." if there else f"Nothing was measured for {name}.")
        return
    busy = tune.others_now()
    if busy > tune.MOST_OTHERS:
        click.echo(f"Other programs use {busy:.0%} of the processor now; better end them first.", err=True)
    gpu_layers = settings.engine.gpu_layers
    tuning = tune.tune(path, gpu_layers if isinstance(gpu_layers, int) else "auto", _say)
    remembered = anyway or tuning.trustworthy
    if remembered:
        tune.keep_tuning(path, tuning.tuned, folder)
    report("tune", {"model": name, **tuning.figures(), "remembered": remembered}, _rows, as_json=as_json, save=save)
    if remembered:
        click.echo("Used when the engine is started next; `mendline engine stop` ends one that runs.", err=True)
    else:
        said = f"Other programs used {tuning.others:.0%} of the processor meanwhile, so nothing is remembered"
        click.echo(f"{said}; measure again when the machine is quiet, or with --anyway.", err=True)


def _say(about: str) -> None:
    click.echo(f"comparing {about} …", err=True)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    for comparison in figures["comparisons"]:
        for setup in comparison["setups"]:
            mark = "▸" if setup["won"] else " "
            yield f"{mark} {_DIFFERENCES[comparison['about']](setup)}", _measured(setup), ""
    for what, setup in (("chosen", figures["chosen"]), ("without a measurement", figures["rule"])):
        yield what, ", ".join(words(setup) for words in _DIFFERENCES.values()), ""
    yield "processor used by other programs", f"{figures['other_programs_share']:.0%}", f"≤ {tune.MOST_OTHERS:.0%}"
    yield "remembered", "yes" if figures["remembered"] else "no", ""


def _layout(setup: dict[str, Any]) -> str:
    return f"{'repacked' if setup['repacked'] else 'not repacked'}, flash attention {setup['flash_attention']}"


_DIFFERENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "weights and attention": _layout,
    "threads": lambda setup: f"threads: {setup['threads']}",
    "micro-batch": lambda setup: f"micro-batch: {setup['micro_batch']}",
}
"""What the setups of a comparison differ in, by the comparison's name."""


def _measured(setup: dict[str, Any]) -> str:
    text = f"{setup['prefill_tokens_per_second']:.0f} tokens/s, decode {setup['decode_ms']:.1f} ms"
    if "abort_lost_ms" in setup:
        text += f"; an abort loses {setup['abort_lost_ms']:.0f} ms, busy {setup['abort_busy_ms']:.0f} ms"
    return text
