"""`mendline bench candidates`: several candidates together against the same ones in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report
from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation import candidates


@click.command("candidates")
@MODEL
@click.option("--count", default=4, show_default=True, type=click.IntRange(2, 8), help="How many candidates.")
@click.option("--tokens", default=48, show_default=True, type=click.IntRange(1), help="The most tokens of each.")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@JSON
@SAVE
def command(*, model: str | None, as_json: bool, save: Path | None, **sizes: int) -> None:
    """Time several candidates decoded together against the same ones one after the other.

    Prompts are computed before both; seeds are the same in both.
    """
    name = model or default_model()
    figures = asyncio.run(candidates.run(ModelStore.default().resolve(name), LlamaOptions(), **sizes))
    report("candidates", {"model": name, **figures}, _rows, as_json=as_json, save=save)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    many, rounds = figures["candidates"], figures["rounds"]
    yield f"{many} candidates together against in turn, total time", f"{figures['ratio']:.2f}", "≤ 0.6 for 4"
    yield "  together", f"{figures['together_ms']:,} ms", ""
    yield "  in turn", f"{figures['in_turn_ms']:,} ms", ""
    tokens = f"{figures['together_tokens']:,} together, {figures['in_turn_tokens']:,} in turn"
    yield f"tokens in {rounds} rounds", tokens, ""
    yield "the same, time a token", f"{figures['ratio_per_token']:.2f}", ""
    yield "candidates with the same text in both", f"{100 * figures['same_text']:.0f} %", ""
