"""`mendline bench memory`: what server and engine hold after a while of use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report
from mendline.evaluation import footprint


@click.command("memory")
@MODEL
@click.option("--suggestions", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--context", metavar="TOKENS", type=click.IntRange(256), help="The engine's context; by default its own.")
@JSON
@SAVE
def command(
    model: str | None = None,
    suggestions: int = 100,
    context: int | None = None,
    *,
    as_json: bool = False,
    save: Path | None = None,
) -> None:
    """Measure the memory of server and engine after a number of suggestions."""
    figures = footprint.run(model or default_model(), suggestions, context)
    report("memory", figures, _rows, as_json=as_json, save=save)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    over = f"{figures['engine_mib'] - figures['model_file_mib']:,} MiB"
    yield f"server after {figures['suggestions']} suggestions", f"{figures['server_mib']:,} MiB", ""
    yield "engine", f"{figures['engine_mib']:,} MiB (the model's file: {figures['model_file_mib']:,} MiB)", ""
    context = f"{figures['context']:,} tokens" if figures["context"] else "unknown size"
    yield f"engine over the model's file, context of {context}", over, "≤ 477 MiB at 4,096"
    yield "requests with a suggestion", f"{figures['answered']} of {figures['suggestions']}", ""
