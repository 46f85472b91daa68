"""`mendline bench`: figures of this machine, by commands that anyone can run again."""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import platform
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import psutil
from rich.console import Console
from rich.table import Table

import mendline
from mendline import app
from mendline.engine.llama import LlamaEngine
from mendline.engine.llama.backend import describe_backend
from mendline.engine.models import ModelStore
from mendline.evaluation import abort_bench, cancelling, footprint, lsp_latency
from mendline.evaluation.figures import in_milliseconds

VERSIONS = ("llama-cpp-python", "pygls", "tree-sitter")
MODEL = click.option("--model", metavar="ID|PATH", help="The model; by default the one of the settings.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of a table.")
SAVE = click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", help="Write the JSON there, too."
)

Row = tuple[str, str, str]


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Measure this machine: protocol overhead, cancellation, memory. Without a name, all of them."""
    if ctx.invoked_subcommand is None:
        for part in (lsp, cancel, memory):
            ctx.invoke(part)


@command.command()
@click.option("--requests", default=200, show_default=True, type=click.IntRange(1, 100_000))
@JSON
@SAVE
def lsp(requests: int = 200, *, as_json: bool = False, save: Path | None = None) -> None:
    """Time what the server adds to a request, without a model."""
    figures = lsp_latency.run(requests=requests)
    _report("lsp", figures, _lsp_rows, as_json=as_json, save=save)


@command.command()
@MODEL
@click.option("--repeats", default=20, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--in-process", is_flag=True, help="The engine alone, without server and HTTP.")
@JSON
@SAVE
def cancel(
    model: str | None = None,
    repeats: int = 20,
    *,
    in_process: bool = False,
    as_json: bool = False,
    save: Path | None = None,
) -> None:
    """Time from a cancelled request, in the middle of its prefill, to the idle engine."""
    if in_process:
        figures = asyncio.run(_abort(model or _model(), repeats))
        _report("abort", figures, _abort_rows, as_json=as_json, save=save)
        return
    figures = cancelling.run(model or _model(), repeats)
    _report("cancel", figures, _cancel_rows, as_json=as_json, save=save)


async def _abort(model: str, repeats: int) -> dict[str, Any]:
    engine = LlamaEngine(ModelStore.default().resolve(model))
    try:
        measured = await abort_bench.measure_abort(engine, repeats=repeats)
    finally:
        await engine.aclose()
    return {
        "model": model,
        "repeats": repeats,
        "prompt_tokens": measured.prompt_tokens,
        "prefill_ms": round(1000 * measured.prefill_seconds),
        "busy_after_abort": in_milliseconds(measured.seconds),
    }


@command.command()
@MODEL
@click.option("--suggestions", default=100, show_default=True, type=click.IntRange(1, 100_000))
@JSON
@SAVE
def memory(
    model: str | None = None, suggestions: int = 100, *, as_json: bool = False, save: Path | None = None
) -> None:
    """Measure the memory of server and engine after a number of suggestions."""
    figures = footprint.run(model or _model(), suggestions)
    _report("memory", figures, _memory_rows, as_json=as_json, save=save)


def _model() -> str:
    return app.load_settings(None).settings.model.completion


def _report(
    name: str,
    figures: dict[str, Any],
    rows: Callable[[dict[str, Any]], Iterable[Row]],
    *,
    as_json: bool,
    save: Path | None,
) -> None:
    whole = {"bench": name, **_circumstances(), "figures": figures}
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        (save / f"{name}.json").write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    if as_json:
        click.echo(json.dumps(whole, indent=2))
        return
    table = Table("what", "measured", "goal", title=f"mendline bench {name}", title_justify="left")
    for row in rows(figures):
        table.add_row(*row)
    Console(highlight=False).print(table)


def _circumstances() -> dict[str, Any]:
    """Return what a figure depends on: when, on what, and how busy that was."""
    backend = describe_backend()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "devices": [str(device) for device in backend.devices],
            "physical_cores": psutil.cpu_count(logical=False),
            "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
            "load_average": [round(each, 2) for each in psutil.getloadavg()],
        },
        "versions": {
            "mendline": mendline.__version__,
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in VERSIONS},
        },
    }


def _spread(figures: dict[str, float]) -> str:
    return f"p50 {figures['p50']:.1f} ms, p95 {figures['p95']:.1f} ms"


def _lsp_rows(figures: dict[str, Any]) -> Iterable[Row]:
    for lines, spread in figures["inline"].items():
        yield f"inline request without the engine, {int(lines):,} lines", _spread(spread), "p95 ≤ 5 ms"
    for lines, spread in figures["change_only"].items():
        yield f"didChange, parsed, {int(lines):,} lines", _spread(spread), "p95 ≤ 5 ms"
    for lines, spread in figures["change_applied_only"].items():
        yield f"didChange, applied, {int(lines):,} lines", _spread(spread), ""
    yield "cheapest round trip", _spread(figures["round_trip"]), ""


def _cancel_rows(figures: dict[str, Any]) -> Iterable[Row]:
    yield "engine busy after $/cancelRequest", _spread(figures["busy_after_cancel"]), "p95 ≤ 150 ms"
    yield "tiny request on an idle engine", _spread(figures["idle_request"]), ""
    yield "the request when it isn't cancelled", f"{figures['prefill_ms']:,} ms", ""


def _abort_rows(figures: dict[str, Any]) -> Iterable[Row]:
    what = f"engine busy after an abort, prefill of {figures['prompt_tokens']:,} tokens"
    yield what, _spread(figures["busy_after_abort"]), "p95 ≤ 150 ms"
    yield "the prefill when it isn't cancelled", f"{figures['prefill_ms']:,} ms", ""


def _memory_rows(figures: dict[str, Any]) -> Iterable[Row]:
    yield f"server after {figures['suggestions']} suggestions", f"{figures['server_mib']:,} MiB", ""
    yield "engine", f"{figures['engine_mib']:,} MiB (the model's file: {figures['model_file_mib']:,} MiB)", ""
    yield "requests with a suggestion", f"{figures['answered']} of {figures['suggestions']}", ""
