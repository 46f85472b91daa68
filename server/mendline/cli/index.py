"""`mendline index`: look at, bring up to date and remove what is known of a workspace's files."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import attrs
import click
from rich.console import Console

from mendline import app
from mendline.settings.errors import MendlineError
from mendline.workspace.index.once import update_once
from mendline.workspace.index.place import check_root, place_of
from mendline.workspace.index.reader import StoredIndex
from mendline.workspace.index.state import IndexState

FOLDER = click.argument(
    "folder", default=Path(), type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[FOLDER]"
)


@click.group()
def command() -> None:
    """Look at, bring up to date and remove the index of a workspace.

    Editors' servers keep it by themselves; FOLDER is the one they open, by default this one.
    """


@command.command()
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of lines.")
def status(folder: Path, *, as_json: bool) -> int:
    """Say where the index stands. Exit status 1 when there is none."""
    state = StoredIndex.of(folder).state()
    place = place_of(folder)
    if as_json:
        found = None if state is None else attrs.asdict(state)
        click.echo(json.dumps({"folder": str(place.folder), "state": found}, indent=2))
    elif state is None:
        click.echo("There is no index; an editor's server makes one, or `mendline index update`.", err=True)
    else:
        click.echo(f"{state}\n{place.folder} ({place.size() / 2**20:.1f} MiB)")
    return 0 if state is not None else 1


@command.command()
@FOLDER
def update(folder: Path) -> None:
    """Bring the index up to date now, in this process."""
    click.echo(str(_updated(folder)))


@command.command()
@FOLDER
def rebuild(folder: Path) -> None:
    """Make the index anew. Where an editor's server keeps it, that does so."""
    place_of(check_root(folder)).clear()
    click.echo(str(_updated(folder)))


@command.command()
@FOLDER
def clear(folder: Path) -> None:
    """Remove the index. An editor's server that runs makes it anew, unless `context.index` is off."""
    place_of(folder).clear()


def _updated(folder: Path) -> IndexState:
    exclude = app.load_settings(folder).settings.privacy.exclude
    with Console(stderr=True, highlight=False).status("looking at all files") as shown:
        try:
            return update_once(folder, exclude, lambda state: shown.update(f"{state.files:,} files"))
        except (OSError, sqlite3.Error) as error:
            raise MendlineError(f"The index can't be written: {error}.") from error
