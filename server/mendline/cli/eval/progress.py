"""How far an evaluation is, on standard error: a bar in a terminal, a line at each hundredth elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_STEPS = 100

Show = Callable[[int, int, str], None]
"""Is given how many are done, how many there will be, and figures so far in a few words."""


@contextmanager
def progress() -> Iterator[Show]:
    """Yield a function that shows how far it is."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _Lines()
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=console) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, of: int, words: str) -> None:
            bar.update(task, completed=done, total=of, description=words)

        yield show


class _Lines:
    """Writes a line for the first, for the last, and whenever a hundredth of the work is done."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._first: int | None = None
        self._said = -1

    def __call__(self, done: int, of: int, words: str) -> None:
        if self._first is None:
            self._first = done - 1
        if _STEPS * done // of == self._said and done != of:
            return
        self._said = _STEPS * done // of
        left = (time.monotonic() - self._start) / (done - self._first) * (of - done)
        click.echo(f"{done}/{of}; {words}; about {left / 60:.0f} min left", err=True)
