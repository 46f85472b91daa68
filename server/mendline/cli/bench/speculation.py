"""`mendline bench speculation FILE`: whole functions rewritten with guesses and without."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report
from mendline.engine.llama import LlamaOptions
from mendline.engine.models import ModelStore
from mendline.evaluation import rewriting


@click.command("speculation")
@click.argument("file", metavar="FILE.jsonl.gz", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@MODEL
@click.option("--limit", type=click.IntRange(1), metavar="N", help="So many functions, spread evenly; by default all.")
@click.option("--tokens", default=512, show_default=True, type=click.IntRange(16), help="The most tokens of an answer.")
@JSON
@SAVE
def command(file: Path, *, model: str | None, limit: int | None, tokens: int, as_json: bool, save: Path | None) -> None:
    """Time rewrites of the functions in a file of HumanEvalFix (Python; bigcode-project/octopack).

    Each function is rewritten greedily by two engines, one that guesses tokens ahead and one that does not. Two copies
    of the model are in memory for that. Nothing is executed.
    """
    name = model or default_model()
    functions = rewriting.read_functions(file, limit)
    path = ModelStore.default().resolve(name)
    figures = asyncio.run(rewriting.run(path, LlamaOptions(), functions, tokens=tokens, observe=_progress))
    report("speculation", {"model": name, **figures}, _rows, as_json=as_json, save=save)


def _progress(pair: rewriting.Pair, number: int, of: int) -> None:
    same = "the same text" if pair.on.texts == pair.off.texts else "DIFFERENT TEXTS"
    tokens = pair.on.usage.completion_tokens
    click.echo(f"{number}/{of} {pair.name}: {pair.ratio:.2f} times as fast; {tokens} tokens, {same}", err=True)


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    low, high = figures["ratio_quartiles"]
    yield "tokens/s with speculation against without", f"{figures['ratio']:.2f}", "≥ 1.6"
    yield "  with", f"{figures['on_tokens_per_second']:.1f} tokens/s", ""
    yield "  without", f"{figures['off_tokens_per_second']:.1f} tokens/s", ""
    yield "  single functions: median, quartiles", f"{figures['ratio_median']:.2f}, {low:.2f} to {high:.2f}", ""
    yield "  prefill counted, too", f"{figures['ratio_with_prefill']:.2f}", ""
    yield "identical texts", f"{figures['identical_texts']} of {figures['functions']}", "all"
    drafts = f"{figures['drafted_tokens']:,}, {figures['accepted_tokens']:,} of {figures['tokens']:,}"
    yield "tokens guessed, guessed right of all", drafts, ""
