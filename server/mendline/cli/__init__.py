"""The command line: one file a command, loaded only when it is asked for.

Results go to stdout, everything else to stderr. Exit status: 0 done, 1 nothing to offer, 2 usage or environment
error with one line that says what to do, 130 interrupted.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from mendline import __version__
from mendline.settings.errors import MendlineError

COMMANDS = {
    "serve": "Run the language server over standard input and output.",
    "complete": "Print the suggestion at FILE:LINE:COLUMN.",
    "fix": "Find problems in a file and repair them, checked.",
    "demo": "Show suggestions on shipped sample files.",
    "models": "List, fetch, check and remove models.",
    "index": "Look at and remove the index of a workspace.",
    "trust": "Say in which folders code may be executed to check a repair.",
    "engine": "Start, inspect and stop the engine process all editors share.",
    "doctor": "Check the installation and say what needs attention.",
    "bench": "Measure this machine: speed, protocol overhead, cancellation, memory.",
    "eval": "Measure how often the model is right, on benchmarks whose data you have.",
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command runs, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import `mendline.cli.<name>` and return its `command`."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mendline.cli.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mendline")
def mendline() -> None:
    """Complete and mend code with a model on your own machine."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    try:
        result = mendline.main(args=argv, prog_name="mendline", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("mendline: interrupted", err=True)
        return 130
    except MendlineError as error:
        click.echo(f"mendline: {error}", err=True)
        return 2
    except BrokenPipeError:
        # The reader of our output went away (`mendline … | head`): nothing is left to say.
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0
