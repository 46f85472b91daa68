"""What the language server gets from outside; `mendline.app` puts it together."""

from __future__ import annotations

import asyncio
import datetime
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from attrs import field, frozen

from mendline.checks.check import Check, Project
from mendline.context.related import Related
from mendline.engine.models.progress import Progress
from mendline.engine.protocol import Engine
from mendline.engine.threads import in_daemon_thread
from mendline.lsp.indexing import MakeKeeper
from mendline.lsp.repairing import ChecksFor
from mendline.settings.loading import Loaded, load
from mendline.settings.model import Settings
from mendline.telemetry import ledger
from mendline.telemetry.acceptance import AcceptanceBook
from mendline.telemetry.counters import Counters


class Models(Protocol):
    """The part of the model store (`engine.models.store.ModelStore`) that the server uses."""

    def pull(
        self, model: str, on_progress: Callable[[Progress], None] = ..., cancel: threading.Event | None = None
    ) -> Path:
        """Fetch a model; blocks."""
        ...


def checks_for(language: str, project: Project, settings: Settings) -> Sequence[Check]:
    """Return the catalogue's checks. What they are takes a tenth of a second to import: not before it is asked for."""
    from mendline.checks import catalogue  # noqa: PLC0415

    return catalogue.checks_for(language, project, settings)


async def nothing_to_stop(_: Settings) -> None:
    """Do nothing: the engine has no process of its own."""


def today() -> datetime.date:
    """Return the date here."""
    return datetime.datetime.now().astimezone().date()


async def gather_in_thread(work: Callable[[], Related]) -> Related:
    """Gather related code where it holds up nobody."""
    return await in_daemon_thread(work, "related code")


@frozen
class Services:
    """Everything a session needs that is not the editor's.

    Attributes:
        engine: makes the engine the settings ask for; cheap, the engine starts when it is used.
        models: where models are fetched to.
        stop_engine: ends the process behind the settings' engine, if there is one on this machine, so that the next
            use starts it anew.
        load_settings: puts the settings together: workspace root and the editor's layers in, settings out.
        keep_counts: keeps a session's counts beyond its end; may raise OSError.
        figures: where it is kept what became of suggestions.
        gather: does the blocking work of gathering related code.
        keep_index: makes what keeps a folder's index; None for no indexes.
        checks: who judges fixes.
        sleep, clock: seconds.
        today: the date where the user is.
        rest: waits until a place has been left alone for so many seconds and is worth computing ahead.
    """

    engine: Callable[[Settings], Engine]
    models: Models
    load_settings: Callable[..., Loaded] = load
    stop_engine: Callable[[Settings], Awaitable[None]] = nothing_to_stop
    keep_counts: Callable[[Mapping[str, int]], None] = ledger.add
    figures: AcceptanceBook = field(factory=AcceptanceBook)
    gather: Callable[[Callable[[], Related]], Awaitable[Related]] = gather_in_thread
    keep_index: MakeKeeper | None = None
    checks: ChecksFor = checks_for
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    today: Callable[[], datetime.date] = today
    counters: Counters = field(factory=Counters)
