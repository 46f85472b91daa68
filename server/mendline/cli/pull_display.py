"""What a download shows on stderr: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import (
    Progress as Bar,
)

from mendline.engine.models import Entry, Phase, Progress
from mendline.engine.models.sizes import human_size

_WORDS = {
    Phase.WAITING: "waiting for another download of it",
    Phase.CONNECTING: "connecting",
    Phase.DOWNLOADING: "downloading",
    Phase.VERIFYING: "checking",
    Phase.DONE: "done",
}
_STEP_PERCENT = 10

Show = Callable[[Progress], None]


@contextmanager
def pull_display(entry: Entry, quiet: bool) -> Iterator[Show]:
    """Yield a function that shows the progress of pulling `entry`."""
    console = Console(stderr=True, highlight=False)
    if quiet:
        yield lambda _: None
    elif console.is_terminal:
        with _bar(console) as bar:
            yield _Terminal(entry, bar).show
    else:
        yield _Lines(entry).show


def _bar(console: Console) -> Bar:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    return Bar(*columns, console=console, transient=True)


def _words(entry: Entry, progress: Progress) -> str:
    source = f" from {progress.source}" if progress.source and progress.phase is not Phase.VERIFYING else ""
    return f"{entry.id}: {_WORDS[progress.phase]}{source}"


class _Terminal:
    """Keeps a bar up to date. Each phase and source gets a bar of its own, so that its speed is its own too."""

    def __init__(self, entry: Entry, bar: Bar) -> None:
        self._entry = entry
        self._bar = bar
        self._task = bar.add_task(entry.id, total=entry.size)
        self._words = ""

    def show(self, progress: Progress) -> None:
        if progress.note:
            self._bar.console.print(f"{self._entry.id}: {progress.note}", markup=False, soft_wrap=True)
        words = _words(self._entry, progress)
        if words != self._words:
            self._words = words
            self._bar.remove_task(self._task)
            self._task = self._bar.add_task(words, total=progress.total_bytes, completed=progress.done_bytes)
        self._bar.update(self._task, completed=progress.done_bytes)


class _Lines:
    """Prints a line when something new begins and at every tenth of a download."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._said: tuple[str, int] = ("", 0)

    def show(self, progress: Progress) -> None:
        if progress.note:
            click.echo(f"{self._entry.id}: {progress.note}", err=True)
        words = _words(self._entry, progress)
        percent = 100 * progress.done_bytes // progress.total_bytes
        step = percent // _STEP_PERCENT if progress.phase is Phase.DOWNLOADING else 0
        if (words, step) == self._said:
            return
        self._said = (words, step)
        amount = f" {percent} % of {human_size(progress.total_bytes)}" if progress.phase is Phase.DOWNLOADING else ""
        click.echo(f"{words}{amount}", err=True)
