"""`mendline bench lsp`: what the server adds to a request."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from mendline.cli.bench.reporting import JSON, SAVE, Row, report, spread
from mendline.evaluation import lsp_latency


@click.command("lsp")
@click.option("--requests", default=200, show_default=True, type=click.IntRange(1, 100_000))
@JSON
@SAVE
def command(requests: int = 200, *, as_json: bool = False, save: Path | None = None) -> None:
    """Time what the server adds to a request, without a model."""
    report("lsp", lsp_latency.run(requests=requests), _rows, as_json=as_json, save=save)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    for lines, times in figures["inline"].items():
        yield f"inline request without the engine, {int(lines):,} lines", spread(times), "p95 ≤ 5 ms"
    for lines, times in figures["typed_inline"].items():
        yield f"the same right behind a keystroke, {int(lines):,} lines", spread(times), "p95 ≤ 15 ms"
    for lines, times in figures["type_through"].items():
        yield f"keystroke that types the suggestion, {int(lines):,} lines", spread(times), "p95 ≤ 5 ms"
    for lines, times in figures["recent"].items():
        yield f"keystroke taken back, {int(lines):,} lines", spread(times), "p95 ≤ 5 ms"
    for lines, times in figures["code_action"].items():
        yield f"code actions for three diagnostics, {int(lines):,} lines", spread(times), "p95 ≤ 50 ms"
    for lines, times in figures["change_only"].items():
        yield f"didChange, parsed, {int(lines):,} lines", spread(times), "p95 ≤ 5 ms"
    for lines, times in figures["change_applied_only"].items():
        yield f"didChange, applied, {int(lines):,} lines", spread(times), ""
    yield "cheapest round trip", spread(figures["round_trip"]), ""
