"""`mendline bench restart`: the first suggestion of an engine that was started again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report
from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation import restart


@click.command("restart")
@MODEL
@click.option("--context", "prompt_tokens", default=2000, show_default=True, metavar="TOKENS", type=click.IntRange(150))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
@JSON
@SAVE
def command(*, model: str | None, as_json: bool, save: Path | None, **sizes: int) -> None:
    """Time the first suggestion after a restart of the engine, with a saved prompt state and without.

    The state is written to a temporary folder, which is removed afterwards.
    """
    name = model or default_model()
    figures = asyncio.run(restart.run(ModelStore.default().resolve(name), LlamaOptions(), **sizes))
    report("restart", {"model": name, **figures}, _rows, as_json=as_json, save=save)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    yield "first suggestion after a restart, with a saved state against without", f"{figures['ratio']:.3f}", "≤ 0.2"
    yield "  with, to the first token", f"{figures['with_state_ms']:,.0f} ms", ""
    yield "  without", f"{figures['without_state_ms']:,.0f} ms", ""
    loading = f"{figures['load_with_state_ms']:,.0f} ms, {figures['load_without_state_ms']:,.0f} ms"
    yield "  loading, not in these: with, without", loading, ""
    restored = f"{figures['restored_tokens']:,} of {figures['prompt_tokens']:,}"
    yield "prompt tokens that were restored", restored, ""
    yield "on disk", f"{figures['saved_mib']:.1f} MiB", ""
    yield "rounds in which both suggested the same", f"{figures['identical_texts']} of {figures['rounds']}", ""
