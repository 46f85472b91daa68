"""`mendline doctor`: what is installed and running, and what needs attention."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import attrs
import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mendline import app
from mendline.cli.doctor import execution, model, server
from mendline.cli.doctor.checks import checks
from mendline.cli.doctor.environment import environment, folders
from mendline.cli.doctor.findings import Finding, Level
from mendline.cli.doctor.gpu import backend
from mendline.engine.host.registry import Registry
from mendline.engine.models import ModelStore
from mendline.settings.loading import Loaded, user_file
from mendline.telemetry.ledger import ledger_path

MARKS = {Level.OK: ("✓", "green"), Level.NOTE: ("·", "yellow"), Level.ATTENTION: ("✗", "red bold")}

Report = dict[str, tuple[Finding, ...]]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of a table.")
@click.option("--no-engine", is_flag=True, help="Don't start the engine.")
def command(*, as_json: bool, no_engine: bool) -> int:
    """Check the installation and say what needs attention.

    Starts the engine, if it doesn't run yet, and asks it for a suggestion. Exit status 1 when something needs
    attention.
    """
    loaded = app.load_settings(Path.cwd())
    report = _report(loaded, with_engine=not no_engine)
    attention = [finding for findings in report.values() for finding in findings if finding.level is Level.ATTENTION]
    if as_json:
        click.echo(json.dumps(_plain(report), indent=2))
    else:
        _print(report)
        _print_verdict(len(attention))
    return 1 if attention else 0


def _report(loaded: Loaded, *, with_engine: bool) -> Report:
    store = ModelStore.default()
    registry = Registry.open()
    places = [("models", store.directory), ("engine state", registry.directory), ("counts", ledger_path().parent)]
    sections: dict[str, Callable[[], Iterable[Finding]]] = {
        "Environment": environment,
        "Folders": lambda: (Finding("settings", str(user_file())), *folders(places)),
        "llama.cpp": backend,
        "Model": lambda: model.model(loaded.settings),
        "Engine": lambda: asyncio.run(_engine(loaded)),
        "Grammars": server.grammars,
        "Checks": lambda: checks(loaded, Path.cwd()),
        "Index": lambda: server.index(loaded, Path.cwd()),
        "Execution": lambda: execution.trust_and_sandbox(Path.cwd()),
        "Settings": lambda: server.settings(loaded),
        "Suggestions so far": server.history,
        "Suggestions by language": server.acceptance,
    }
    if not with_engine:
        del sections["Engine"]
    return {name: tuple(look()) for name, look in sections.items()}


async def _engine(loaded: Loaded) -> tuple[Finding, ...]:
    return tuple([finding async for finding in model.engine(loaded.settings)])


def _print(report: Report) -> None:
    console = Console(highlight=False)
    for name, findings in report.items():
        console.print(Text(name, style="bold"))
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for finding in findings:
            sign, style = MARKS[finding.level]
            table.add_row(Text(sign, style=style), Text(finding.label, style="dim"), Text(finding.value))
            if finding.advice:
                table.add_row("", "", Text(finding.advice, style="dim" if finding.level is Level.OK else style))
        console.print(table)
        console.print()


def _print_verdict(attention: int) -> None:
    if attention:
        things = "thing needs" if attention == 1 else "things need"
        click.echo(f"{attention} {things} attention: see the lines marked ✗.")
    else:
        click.echo("All is well.")


def _plain(report: Report) -> dict[str, list[dict[str, str]]]:
    return {
        name: [attrs.asdict(finding, value_serializer=_serialized) for finding in findings]
        for name, findings in report.items()
    }


def _serialized(_instance: object, _attribute: object, value: object) -> object:
    return value.value if isinstance(value, Level) else value
