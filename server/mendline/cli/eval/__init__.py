"""`mendline eval`: how good the model's answers are, on benchmarks whose data the caller has."""

from __future__ import annotations

import click

from mendline.cli.eval import crossfile, files, fim, infilling, repair


@click.group()
def command() -> None:
    """Measure how often the model is right. Programs that it wrote are executed."""


command.add_command(crossfile.command)
command.add_command(files.command)
command.add_command(fim.command)
command.add_command(infilling.command)
command.add_command(repair.command)
