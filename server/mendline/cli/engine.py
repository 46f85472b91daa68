"""`mendline engine`: start, inspect and stop the process all editors share."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mendline.engine.fake import from_script
from mendline.engine.host.inspection import Running, inspect_all, stop_all
from mendline.engine.host.launch import Launch
from mendline.engine.host.options import flag, option_items, option_values, short_name
from mendline.engine.host.process import HostOptions, run_host
from mendline.engine.host.registry import Registry, key_for
from mendline.engine.models import ModelStore
from mendline.engine.models.sizes import human_size
from mendline.engine.protocol import Engine, EngineInfo
from mendline.engine.shared import SharedEngine
from mendline.engine.status import EngineState, EngineStatus
from mendline.settings.loading import from_mapping, load
from mendline.settings.model import EngineSettings

SCRIPT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Start, inspect and stop the engine process all editors share."""


@command.command()
@click.option("--model", metavar="ID|PATH", help="The model; by default the one of the settings.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port to listen on; by default a free one.")
@click.option("--fake", type=SCRIPT, hidden=True)
def start(model: str | None, port: int, fake: Path | None) -> None:
    """Start the engine, unless it runs already, and wait until its model is loaded."""
    settings = load().settings
    name = model or settings.model.completion
    path = fake or ModelStore.default().resolve(name)
    launch = Launch.from_settings("fake" if fake else name, path, settings.engine, fake=bool(fake), port=port)
    info = asyncio.run(_started(launch))
    click.echo(f"{info.model} is ready ({info.backend or 'unknown backend'}, pid {info.pid}).")
    for note in info.notes:
        click.echo(note, err=True)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array instead of lines.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show the engine processes that run. Exit status 1 when there is none."""
    running = asyncio.run(inspect_all(Registry.open()))
    if as_json:
        click.echo(json.dumps([_row(process) for process in running], indent=2))
    for process in [] if as_json else running:
        click.echo(_line(process))
    if not running:
        click.echo("No engine is running; the first request of an editor starts it.", err=True)
        ctx.exit(1)


@command.command()
@click.option("--model", metavar="ID|PATH", help="Stop this model's engine only.")
def stop(model: str | None) -> None:
    """Stop the engine; editors start it again with their next request."""
    key = key_for(ModelStore.default().resolve(model)) if model else None
    stopped = asyncio.run(stop_all(Registry.open(), key))
    for record in stopped:
        click.echo(f"Stopped the engine of {record.model} (pid {record.pid}).")
    if not stopped:
        click.echo("No engine is running.", err=True)


def _engine_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each setting that an engine process cannot change once it runs."""
    for item in reversed(option_items()):
        option = click.option(flag(short_name(item)), item.path[-1], default=str(item.default), callback=_checked)
        function = option(function)
    return function


def _checked(ctx: click.Context, param: click.Parameter, value: str) -> int | str:
    """Hold an option to what the setting of the same name may be."""
    (item,) = (item for item in option_items() if item.path[-1] == param.name)
    given = int(value) if value.isascii() and value.isdigit() else value
    layer = from_mapping({item.name: given}, "the command line")
    if layer.problems:
        raise click.BadParameter(layer.problems[0], ctx=ctx, param=param)
    checked: int | str = layer.values[item.name]
    return checked


@command.command(hidden=True)
@click.option("--model", type=SCRIPT, help="The GGUF file.")
@click.option("--name", default="", help="The model's name.")
@click.option("--fake", type=SCRIPT, help="A script for the fake engine instead of a model.")
@_engine_options
@click.option("--idle-minutes", type=click.FloatRange(min=0, min_open=True), default=10.0)
@click.option("--port", type=click.IntRange(0, 65535), default=0)
def run(
    *,
    model: Path | None,
    name: str,
    fake: Path | None,
    idle_minutes: float,
    port: int,
    **chosen: int | str,
) -> None:
    """Be the engine process: what the other commands and the language server start."""
    if (model is None) == (fake is None):
        raise click.UsageError("Give either --model or --fake.")
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    registry = Registry.open()
    settings = EngineSettings(**chosen)  # type: ignore[arg-type]  # each was checked under its own name
    factory: Callable[[], Engine]
    if fake is not None:
        script = fake
        factory = lambda: from_script(script)  # noqa: E731 - the other branch needs a function of its own
    else:
        assert model is not None
        factory = _real(model, name, settings, registry.directory)
    path = fake or model
    assert path is not None
    options = HostOptions(
        model="fake" if fake else name or path.name,
        model_path=path,
        port=port,
        idle_minutes=idle_minutes,
        shown=option_values(settings),
    )
    asyncio.run(run_host(factory, options, registry))


def _real(model: Path, name: str, settings: EngineSettings, folder: Path) -> Callable[[], Engine]:
    def make() -> Engine:
        # Here and not above: only this process may load llama.cpp.
        from mendline.engine.llama import LlamaEngine, LlamaOptions  # noqa: PLC0415

        return LlamaEngine(model, LlamaOptions.from_settings(settings, name, folder))

    return make


async def _started(launch: Launch) -> EngineInfo:
    engine = SharedEngine(launch)
    engine.on_status(_show)
    try:
        return await engine.info()
    finally:
        await engine.aclose()


def _show(status: EngineStatus) -> None:
    words = {EngineState.STARTING: "starting the engine", EngineState.LOADING: f"loading {status.model}"}
    if status.state in words:
        click.echo(f"{words[status.state]} …", err=True)


def _row(process: Running) -> dict[str, Any]:
    """Return what is printed of a process; its token is not among it."""
    record, info = process.record, process.info
    return {
        "model": record.model,
        "path": record.model_path,
        "state": process.state,
        "message": process.message,
        "pid": record.pid,
        "port": record.port,
        "version": record.version,
        "gpuLayers": info.gpu_layers if info else None,
        "layers": info.layers if info else None,
        "contextTokens": info.context_tokens if info else None,
        "memoryBytes": process.memory_bytes,
        "uptimeSeconds": process.uptime_seconds,
        "idleSeconds": process.idle_seconds,
        "requestsServed": process.served,
    }


def _line(process: Running) -> str:
    record, info = process.record, process.info
    parts = [f"{record.model}: {process.state}", f"pid {record.pid}", f"port {record.port}"]
    if info is not None and info.layers:
        parts.append(f"{info.gpu_layers} of {info.layers} layers on the GPU")
    if process.memory_bytes is not None:
        parts.append(human_size(process.memory_bytes))
    parts.append(f"up {process.uptime_seconds:.0f} s")
    parts.append(f"idle {process.idle_seconds:.0f} s")
    parts.append(f"{process.served} requests served")
    return ", ".join(parts) + (f": {process.message}" if process.message else "")
