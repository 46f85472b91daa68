"""What the benches share: their options, and how figures are shown and saved with what they depend on."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import psutil
from rich.console import Console
from rich.table import Table

import mendline
from mendline import app
from mendline.engine.llama.backend import describe_backend

VERSIONS = ("llama-cpp-python", "pygls", "tree-sitter")
MODEL = click.option("--model", metavar="ID|PATH", help="The model; by default the one of the settings.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of a table.")
SAVE = click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", help="Write the JSON there, too."
)

Row = tuple[str, str, str]
"""What, measured, goal."""


def default_model() -> str:
    """Return the completion model of the settings."""
    return app.load_settings(None).settings.model.completion


def report(
    name: str,
    figures: dict[str, Any],
    rows: Callable[[dict[str, Any]], Iterable[Row]],
    *,
    as_json: bool,
    save: Path | None,
    tables: Callable[[dict[str, Any]], Iterable[Table]] = lambda _figures: (),
    title: str = "",
) -> None:
    """Print figures with the circumstances they were measured in.

    Args:
        name: the bench's; the saved file is `<name>.json`.
        figures: what was measured, ready for JSON.
        rows: makes the table's rows from them.
        as_json: print a JSON object instead of the table.
        save: a folder that gets the JSON, too; made if need be.
        tables: makes tables that come before the one of rows.
        title: of the table; the bench's command where it is empty.
    """
    whole = circumstanced(name, figures)
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        (save / f"{name}.json").write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    if as_json:
        click.echo(json.dumps(whole, indent=2))
        return
    console = Console(highlight=False)
    for each in tables(figures):
        console.print(each)
    table = Table("what", "measured", "goal", title=title or f"mendline bench {name}", title_justify="left")
    for row in rows(figures):
        table.add_row(*row)
    console.print(table)


def circumstanced(name: str, figures: dict[str, Any]) -> dict[str, Any]:
    """Put beside figures what they depend on: when, on what, and how busy that was."""
    backend = describe_backend()
    return {
        "bench": name,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "devices": [str(device) for device in backend.devices],
            "physical_cores": psutil.cpu_count(logical=False),
            "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
            "load_average": [round(each, 2) for each in psutil.getloadavg()],
        },
        "versions": {
            "mendline": mendline.__version__,
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in VERSIONS},
        },
        "figures": figures,
    }


def spread(figures: dict[str, float]) -> str:
    """Write p50 and p95, in milliseconds."""
    return f"p50 {figures['p50']:.1f} ms, p95 {figures['p95']:.1f} ms"
