"""`mendline bench typing`: what a keystroke costs, over sizes of context, beside llama-server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, circumstanced, default_model, report
from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation.typing.bench import Measured, Plan, run
from mendline.evaluation.typing.plot import check_plot, plot
from mendline.evaluation.typing.replay import Pace
from mendline.evaluation.typing.sources import Recorded, States, Synthetic
from mendline.evaluation.typing.synthetic import Source, own_source

CONTEXTS = (512, 1024, 2048, 4096)
KEYSTROKES = 40
LLAMA_SERVER = "llama-server"


class Against(click.ParamType[Path]):
    """`llama-server=PATH`: another system, and where its program is."""

    name = "system"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the program's path; it must exist."""
        system, _, path = str(value).partition("=")
        if system != LLAMA_SERVER or not path:
            self.fail(f"write it as {LLAMA_SERVER}=PATH, with PATH the program's", param, ctx)
        binary = Path(path).expanduser().absolute()
        if not binary.is_file():
            self.fail(f"there is no program {path}", param, ctx)
        return binary


_EPILOG = """A recorded trace is a file with one JSON object a line: what was done, and `pause`, the seconds before that
(before each character). Places are [line, column], from 0. For example:

\b
{"open": "def add(a, b):\\n    return \\n", "at": [1, 11]}
{"type": "a +", "pause": 0.18}
{"delete": 1, "pause": 0.4}
{"accept": "+ b", "pause": 0.9}
{"jump": [0, 4], "pause": 2}
"""
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("typing", epilog=_EPILOG)
@MODEL
@click.option(
    "--context",
    "contexts",
    multiple=True,
    type=click.IntRange(128, 131_072),
    metavar="TOKENS",
    help="Size of the prompt, three parts prefix to one suffix; several times for several sizes. [default: "
    f"{', '.join(map(str, CONTEXTS))}]",
)
@click.option(
    "--keystrokes",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="For each size.  [default: 40, all of a recorded trace]",
)
@click.option("--trace", type=_FILE, metavar="FILE", help="Replay a recorded trace (JSON lines) instead.")
@click.option("--source", type=_FILE, metavar="FILE", help="Make the traces from this file's text.")
@click.option("--seed", default=0, show_default=True, help="Of the traces that are made.")
@click.option("--max-tokens", default=24, show_default=True, type=click.IntRange(1, 512), help="Of a suggestion.")
@click.option("--whole-path", is_flag=True, help="Measure a language server with its engine's process.")
@click.option("--against", type=Against(), metavar=f"{LLAMA_SERVER}=PATH", help="Measure that, too, in two set-ups.")
@click.option(
    "--pauses",
    type=click.Choice(["none", "real"]),
    default="none",
    show_default=True,
    help="Whether to wait as the trace does, 2 s at most.",
)
@click.option("--overtake", is_flag=True, help="A keystroke cancels the request before it; with real pauses.")
@click.option("--plot", "picture", type=_FILE, metavar="FILE.png", help="Draw latency over size of context.")
@JSON
@SAVE
def command(*, model: str | None, picture: Path | None, as_json: bool, save: Path | None, **options: Any) -> None:
    """Replay typing, and time each keystroke to the first token and to the whole suggested line.

    Suggestions end with the line. All systems get the same texts, one request at a time. What a system does when the
    cursor comes to a new place is counted apart from keystrokes.
    """
    if picture is not None:
        check_plot(picture)
    name = model or default_model()
    figures = asyncio.run(run(_plan(name, options), lambda text: click.echo(text, err=True)))
    report("typing", figures, _rows, as_json=as_json, save=save, tables=_tables)
    if picture is not None:
        plot(figures["contexts"], _title(figures), picture)


def _plan(model: str, options: Mapping[str, Any]) -> Plan:
    measured = Measured(
        model=model,
        path=ModelStore.default().resolve(model),
        options=LlamaOptions(),
        whole=options["whole_path"],
        llama_server=options["against"],
        max_tokens=options["max_tokens"],
    )
    overtake = options["overtake"]
    contexts = tuple(sorted(set(options["contexts"] or CONTEXTS)))
    return Plan(measured, _states(options), contexts, Pace(overtake or options["pauses"] == "real", overtake))


def _states(options: Mapping[str, Any]) -> States:
    trace, source = options["trace"], options["source"]
    if trace is not None:
        if source is not None:
            raise click.UsageError("--source makes traces, --trace replays one: use one of them")
        return Recorded.read(trace, options["keystrokes"])
    return Synthetic(
        own_source() if source is None else Source.read(source), options["keystrokes"] or KEYSTROKES, options["seed"]
    )


def _title(figures: Mapping[str, Any]) -> str:
    machine = circumstanced("typing", {})["machine"]
    return f"{figures['model']}\n{', '.join(machine['devices'])}, {machine['physical_cores']} cores"


def _tables(figures: Mapping[str, Any]) -> Iterable[Table]:
    columns = ("tokens", "system", "first token ms", "whole line ms", "computed", "CPU s", "step ms", "MiB")
    table = Table(*columns, title="A keystroke: p50 / p95 / p99, means", title_justify="left")
    for tokens, systems in figures["contexts"].items():
        for name, measured in systems.items():
            table.add_row(f"{int(tokens):,}", name, *_cells(measured))
        table.add_section()
    yield table


def _cells(measured: Mapping[str, Any]) -> Iterable[str]:
    for name in ("first_token_ms", "line_ms"):
        times = measured[name]
        yield " / ".join(f"{times[rank]:.0f}" for rank in ("p50", "p95", "p99")) if times else "–"
    yield _number(measured["computed_tokens"], ".1f")
    yield _number(measured["cpu_seconds"], ".2f")
    yield _number(measured["step_ms"], ".0f")
    yield _number(measured["resident_mib"], ",")


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _rows(figures: Mapping[str, Any]) -> Iterable[Row]:
    for ratio in figures["ratios"]:
        goal, measured = ratio["goal"], ratio["measured"]
        inverse = f" (1/{1 / measured:.1f})" if measured < 1 else ""
        shown = "" if goal is None else f"≤ 1/{1 / goal:.0f}" if goal < 1 else f"≤ {goal:g}"
        yield ratio["what"], f"{measured:.3f}{inverse}", shown
    for tokens, systems in figures["contexts"].items():
        for name, measured in systems.items():
            yield from _about(f"{int(tokens):,} tokens, {name}", measured)


def _about(where: str, measured: Mapping[str, Any]) -> Iterable[Row]:
    arrivals = measured["arrivals"]
    if arrivals["count"]:
        yield f"{where}: coming to a place ({arrivals['count']}×)", f"{arrivals['seconds']:.2f} s", ""
    if measured["finished"] is not None and measured["finished"] < 1:
        yield f"{where}: answered before the next keystroke", f"{measured['finished']:.0%}", ""
