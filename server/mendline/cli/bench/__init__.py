"""`mendline bench`: figures of this machine, by commands that anyone can run again. One file a bench."""

from __future__ import annotations

import click

from mendline.cli.bench import cancel, candidates, decode, index, lsp, memory, restart, speculation, tune, typing

SHORT = (lsp, cancel, memory)
"""What runs when no name is given: benches that take a minute or two each and change nothing."""

BENCHES = (
    *SHORT,
    typing,
    decode,
    candidates,
    speculation,
    restart,
    index,
    tune,
)


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Measure this machine. Without a name: protocol overhead, cancellation and memory."""
    if ctx.invoked_subcommand is None:
        for bench in SHORT:
            ctx.invoke(bench.command)


for _bench in BENCHES:
    command.add_command(_bench.command)
