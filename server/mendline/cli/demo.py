"""`mendline demo`: suggestions on the shipped sample files, shown as an editor would show them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import click
from attrs import frozen
from rich.console import Console
from rich.text import Text

from mendline import app
from mendline.cli import ghost
from mendline.cli.pull_display import pull_display
from mendline.cli.source import place_of, snapshot
from mendline.engine.errors import ModelMissing
from mendline.engine.models import ModelStore
from mendline.engine.protocol import EngineInfo
from mendline.features.completion import Outcome, Trigger, complete
from mendline.settings.model import Settings
from mendline.workspace.store import Snapshot

SAMPLES = Path(__file__).parent / "samples"
CURSOR = "ˇ"
_SUFFIX = ".sample"
_TIMEOUT_MS = 120_000
_PICTURE_COLUMNS = 100
_NOTHING = 1


@frozen
class Sample:
    """A shipped file and the cursor in it.

    Attributes:
        name: the file's name as it is shown.
        offset: the cursor, in code points.
    """

    name: str
    snapshot: Snapshot
    offset: int


def samples(folder: Path = SAMPLES) -> tuple[Sample, ...]:
    """Read the samples; the sign for the cursor is taken out of their text."""
    found = []
    for path in sorted(folder.glob(f"*{_SUFFIX}"), reverse=True):
        before, _, after = path.read_text(encoding="utf-8").partition(CURSOR)
        name = path.name.removesuffix(_SUFFIX)
        found.append(Sample(name, snapshot(before + after, folder / name), len(before)))
    return tuple(found)


@click.command("demo")
@click.option(
    "--svg", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Make a picture of it, too."
)
def command(svg: Path | None = None) -> int:
    """Show suggestions on shipped sample files, with how long they took and what was checked.

    Fetches the model first when it is not on this machine. Exit status 1 when a sample got no suggestion.
    """
    if svg is None:
        return _run(Console(highlight=False))
    console = Console(
        highlight=False, record=True, force_terminal=True, color_system="truecolor", width=_PICTURE_COLUMNS
    )
    status = _run(console)
    picture = console.export_svg(title="mendline demo")
    # The reader's own monospaced font does; rich would have it fetched from a server.
    svg.write_text(re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL), encoding="utf-8")
    return status


def _run(console: Console) -> int:
    settings = app.load_settings(None).settings
    wanted = attrs.evolve(settings.completion, enabled=True, timeout_ms=_TIMEOUT_MS)
    settings = attrs.evolve(settings, completion=wanted)
    try:
        return asyncio.run(_demo(console, settings))
    except ModelMissing as missing:
        # Outside of the event loop, so that Ctrl-C ends the download at once.
        _fetch(missing.model)
    return asyncio.run(_demo(console, settings))


async def _demo(console: Console, settings: Settings) -> int:
    started = time.monotonic()
    engine = app.open_engine(settings)
    try:
        with _waiting(console, "loading the model"):
            info = await engine.info()
        loaded = time.monotonic() - started
        missing = 0
        for sample in samples():
            with _waiting(console, f"{sample.name}: the model is at work"):
                outcome = await complete(sample.snapshot, sample.offset, Trigger.AUTOMATIC, engine, settings, info=info)
            if outcome.error is not None:
                raise outcome.error
            _show(console, sample, outcome)
            missing += not outcome.suggestions
    finally:
        await engine.aclose()
    console.print(_machine(info, loaded))
    return _NOTHING if missing else 0


def _fetch(model: str) -> None:
    store = ModelStore.default()
    entry = store.catalogue.find(model)
    with pull_display(entry, quiet=False) as show:
        store.pull(entry.id, show)


@contextlib.contextmanager
def _waiting(console: Console, what: str) -> Iterator[None]:
    """Say what is waited for, where it can be taken away again."""
    if console.is_terminal:
        with Console(stderr=True, highlight=False).status(Text(what, style="dim")):
            yield
    else:
        yield


def _show(console: Console, sample: Sample, outcome: Outcome) -> None:
    language = sample.snapshot.language
    line, column = place_of(sample.snapshot.document, sample.offset)
    title = Text.assemble((f"{sample.name}:{line}:{column}", "bold"), "  ", (language.name if language else "", "dim"))
    console.print()
    console.print(title)
    if not outcome.suggestions:
        why = "; ".join(f"{reason.detail} ({reason.reason.value})" for reason in outcome.reasons)
        console.print(Text(f"no suggestion: {why}", style="red"))
        return
    console.print(ghost.render(sample.snapshot, sample.offset, outcome.suggestions[0], console))
    console.print(_result(outcome))


def _result(outcome: Outcome) -> Text:
    suggestion, timings = outcome.suggestions[0], outcome.timings
    first = f" (first token {timings.first_token:.1f} s)" if timings.first_token is not None else ""
    checks = [f"{check} (tree-sitter)" if check == "parses" else check for check in suggestion.checks]
    parts = [f"{timings.total:.1f} s{first}", f"{outcome.tokens} tokens", *checks]
    if suggestion.confidence is not None:
        parts.append(f"{suggestion.confidence:.0%} sure")
    mark = ("✓ ", "green") if suggestion.parsed else ("· ", "yellow")
    return Text.assemble(mark, (" · ".join(parts), "dim"))


def _machine(info: EngineInfo, loaded: float) -> Text:
    where = info.backend or "this machine"
    if info.gpu_layers:
        where += f", {info.gpu_layers} of {info.layers} layers on the GPU"
    elif info.threads:
        where += f", {info.threads} threads"
    return Text.assemble(
        "\n",
        (f"{info.model} on {where}; ready after {loaded:.1f} s.", "dim"),
        "\n",
        ("Yours: ", "dim"),
        f"{_program()} complete FILE:LINE:COLUMN",
        ("   In your editor: see README.md", "dim"),
    )


def _program() -> str:
    """The command as it was called, when that is short enough to be typed again."""
    called = sys.argv[0]
    return called if Path(called).name == "mendline" and len(called) < 40 else "mendline"
