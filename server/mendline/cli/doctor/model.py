"""The model, the engine that runs it, and a suggestion from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable

import psutil

from mendline import app
from mendline.cli.doctor.findings import Finding, Level
from mendline.engine.errors import EngineError, ModelMissing
from mendline.engine.host.inspection import inspect_all
from mendline.engine.host.registry import Registry
from mendline.engine.llama.tuning import SPLICE
from mendline.engine.models import ModelStore
from mendline.engine.models.sizes import human_size
from mendline.engine.protocol import Engine, EngineInfo, FillRequest, FillSupport, Sampling
from mendline.settings.model import Settings

TRIAL = FillRequest(
    prefix="def add(a, b):\n    return a", suffix="\n", path="trial.py", sampling=Sampling(max_tokens=8)
)


def model(settings: Settings) -> Iterable[Finding]:
    """Look at the model's file. What is hashed already isn't hashed again."""
    name = settings.model.completion
    if settings.engine.url:
        yield Finding("model", "whatever the server at `engine.url` has")
        return
    yield Finding("name", name)
    try:
        path = ModelStore.default().resolve(name)
    except EngineError as error:
        yield Finding(
            "file", "missing" if isinstance(error, ModelMissing) else "unusable", Level.ATTENTION, f"{error}."
        )
        return
    size = path.stat().st_size
    yield Finding("file", f"{path} ({human_size(size)})")
    available = psutil.virtual_memory().available
    if available < size and not asyncio.run(inspect_all(Registry.open())):
        advice = "Close something, or choose a smaller model; it will be slow otherwise."
        yield Finding("memory", f"{human_size(available)} available", Level.ATTENTION, advice)


async def engine(settings: Settings) -> AsyncIterator[Finding]:
    """Start the engine, if it doesn't run yet, and ask it for a suggestion."""
    try:
        opened = app.open_engine(settings)
    except EngineError as error:
        yield Finding("engine", "not usable", Level.ATTENTION, str(error))
        return
    try:
        began = time.monotonic()
        info = await opened.info()
        ready = time.monotonic() - began
        for finding in _running(info, ready):
            yield finding
        yield await _trial(opened)
    except EngineError as error:
        yield Finding("engine", "does not run", Level.ATTENTION, str(error))
    finally:
        await opened.aclose()


def _running(info: EngineInfo, ready: float) -> Iterable[Finding]:
    where = f", process {info.pid}" if info.pid else ""
    yield Finding("engine", f"{info.model}{where}, ready after {ready:.1f} s")
    if info.description:
        yield Finding("model", info.description)
    yield Finding("backend", info.backend or "unknown")
    yield from choices(info)
    if info.fill is FillSupport.NATIVE:
        yield Finding("middle", "filled by the model's own tokens")
    else:
        advice = "Suggestions don't take the text after the cursor into account; the default model does."
        yield Finding("middle", "not supported by this model", Level.NOTE, advice)
    for note in info.notes:
        yield Finding("note", note, Level.NOTE)


def choices(info: EngineInfo) -> Iterable[Finding]:
    """Say how the model runs and why so; of a server that doesn't say why, what it says."""
    if not info.choices:
        if info.layers:
            yield Finding("layers", f"{info.gpu_layers} of {info.layers} on a GPU, the others on the CPU")
        if info.threads:
            yield Finding("threads", str(info.threads))
        if info.context_tokens:
            yield Finding("context", f"{info.context_tokens} tokens")
        return
    for choice in info.choices:
        shown = f"{choice.value} ({choice.reason})"
        if choice.name == SPLICE and not info.can_splice:
            advice = "What stands behind the cursor is computed anew at each keystroke, which is slow in long files."
            yield Finding(choice.name, shown, Level.NOTE, advice)
        else:
            yield Finding(choice.name, shown)


async def _trial(opened: Engine) -> Finding:
    began = time.monotonic()
    text = ""
    async for chunk in opened.fill(TRIAL):
        text += chunk.text
    took = time.monotonic() - began
    if not text.strip():
        return Finding("trial", f"an empty answer after {took:.2f} s", Level.ATTENTION, "The model may be unfit.")
    return Finding("trial", f"an answer of {len(text)} characters in {took:.2f} s")
