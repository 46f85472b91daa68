"""`mendline bench index`: what indexing costs, and what typing costs beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from mendline.cli.bench.reporting import JSON, SAVE, Row, report, spread
from mendline.evaluation.indexing import bench


@click.command("index")
@click.option("--files", default=5_000, show_default=True, type=click.IntRange(10, 1_000_000))
@JSON
@SAVE
def command(files: int = 5_000, *, as_json: bool = False, save: Path | None = None) -> None:
    """Index a generated tree beside typing, without a model; needs about 15 kB of disk a file."""
    with Console(stderr=True, highlight=False).status("") as shown:
        figures = bench.run(files, shown.update)
    report("index", figures, _rows, as_json=as_json, save=save)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    seconds, rate = figures["build_seconds"], figures["files_per_second"]
    yield f"indexing {figures['files']:,} files, {figures['source_mb']} MB", f"{seconds:,} s, {rate} files/s", ""
    yield "looking at all of them again", f"{figures['look_seconds']} s", ""
    found = f"{figures['definitions']:,} definitions, {figures['passages']:,} passages"
    yield f"size on disk: {found}", f"{figures['size_mb']} MB", ""
    yield "definitions of three names", spread(figures["definitions_query"]), "p95 ≤ 5 ms"
    yield "search for three identifiers", spread(figures["search_query"]), "p95 ≤ 5 ms"
    yield "passages that use a name", spread(figures["using_query"]), "p95 ≤ 5 ms"
    yield "whether a name is known", spread(figures["knows_query"]), "p95 ≤ 5 ms"
    yield "keystroke to suggestion, builder held", spread(figures["typing"]), ""
    yield "keystroke to suggestion while indexing", spread(figures["typing_while_indexing"]), "as idle"
