"""`mendline bench cancel`: how soon a cancelled request lets go of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from mendline.cli.bench.reporting import JSON, MODEL, SAVE, Row, default_model, report, spread
from mendline.engine.llama import LlamaEngine
from mendline.engine.models import ModelStore
from mendline.evaluation import abort_bench, cancelling
from mendline.evaluation.figures import in_milliseconds


@click.command("cancel")
@MODEL
@click.option("--repeats", default=20, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--in-process", is_flag=True, help="The engine alone, without server and HTTP.")
@JSON
@SAVE
def command(
    model: str | None = None,
    repeats: int = 20,
    *,
    in_process: bool = False,
    as_json: bool = False,
    save: Path | None = None,
) -> None:
    """Time from a cancelled request, in the middle of its prefill, to the idle engine."""
    name = model or default_model()
    if in_process:
        report("abort", asyncio.run(_abort(name, repeats)), _abort_rows, as_json=as_json, save=save)
        return
    report("cancel", cancelling.run(name, repeats), _cancel_rows, as_json=as_json, save=save)


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


def _cancel_rows(figures: dict[str, Any]) -> Iterable[Row]:
    yield "engine busy after $/cancelRequest", spread(figures["busy_after_cancel"]), "p95 ≤ 150 ms"
    yield "tiny request on an idle engine", spread(figures["idle_request"]), ""
    yield "the request when it isn't cancelled", f"{figures['prefill_ms']:,} ms", ""


def _abort_rows(figures: dict[str, Any]) -> Iterable[Row]:
    what = f"engine busy after an abort, prefill of {figures['prompt_tokens']:,} tokens"
    yield what, spread(figures["busy_after_abort"]), "p95 ≤ 100 ms"
    yield "the prefill when it isn't cancelled", f"{figures['prefill_ms']:,} ms", ""
