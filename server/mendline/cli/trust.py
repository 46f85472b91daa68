"""`mendline trust`: say in which folders code may be executed, in the sandbox, to check a repair."""

from __future__ import annotations

from pathlib import Path

import click

from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.workspace.trust import TrustedFolders


@click.command()
@click.argument("folder", default=Path(), type=click.Path(path_type=Path), metavar="[FOLDER]")
@click.option("--remove", is_flag=True, help="Take the folder out of the list.")
@click.option("--list", "listed", is_flag=True, help="Print the trusted folders.")
def command(folder: Path, *, remove: bool, listed: bool) -> int:
    """Let code in FOLDER, by default this one, be executed to check a repair: its tests, its own tools.

    It runs in a sandbox, and this prints which one there is on this machine. Nothing of a folder that isn't trusted is
    ever executed. With --list the exit status is 1 when there are no trusted folders.
    """
    trusted = TrustedFolders.of_user()
    if listed:
        folders = trusted.folders()
        for each in folders:
            click.echo(each)
        return 0 if folders else 1
    if remove:
        if around := trusted.remove(folder):
            click.echo(f"It is still trusted, since it is in {around}.", err=True)
        return 0
    click.echo(trusted.add(folder))
    click.echo(f"Code in it runs confined by: {LABELS[best_way()]}.", err=True)
    return 0
