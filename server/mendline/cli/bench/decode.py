"""`mendline bench decode`: the engine's decode rate against llama.cpp's own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report
from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation import decode_rate


@click.command("decode")
@MODEL
@click.option("--context", "prompt_tokens", default=1000, show_default=True, metavar="TOKENS", type=click.IntRange(30))
@click.option("--tokens", default=64, show_default=True, type=click.IntRange(16), help="Decoded in each round.")
@click.option("--rounds", default=6, show_default=True, type=click.IntRange(1))
@JSON
@SAVE
def command(*, model: str | None, as_json: bool, save: Path | None, **sizes: int) -> None:
    """Time decoding in the engine and in a bare loop of llama.cpp's calls, in turns.

    The model is loaded twice, with the same threads, sizes and kernels.
    """
    name = model or default_model()
    figures = asyncio.run(decode_rate.run(ModelStore.default().resolve(name), LlamaOptions(), **sizes))
    report("decode", {"model": name, **figures}, _rows, as_json=as_json, save=save)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    yield "decode rate, the engine's against the bare loop's", f"{figures['ratio']:.3f}", "≥ 0.97"
    yield "  the engine", f"{figures['engine_tokens_per_second']:.1f} tokens/s", ""
    yield "  the bare loop", f"{figures['bare_tokens_per_second']:.1f} tokens/s", ""
    yield "both wrote the same", "yes" if figures["identical_text"] else "no", ""
    yield "decode steps a round, rounds", f"{figures['steps']}, {figures['rounds']}", ""
