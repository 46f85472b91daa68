"""`mendline serve`: the language server, as editors start it."""

from __future__ import annotations

import click

from mendline import app
from mendline.lsp import stdio
from mendline.lsp.server import build_server
from mendline.telemetry import logs


@click.command()
@click.option("--stdio", "_stdio", is_flag=True, hidden=True, help="The only transport; editors like to name it.")
def command(_stdio: bool) -> int:
    """Run the language server over standard input and output.

    Editors start this by themselves. Exit status 0 after an orderly shutdown, 1 otherwise.
    """
    logs.configure()
    return stdio.serve(build_server(app.services()))
