"""Fetching a model on the user's word: in a thread of its own, seen in the status and in a progress bar."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading

from attrs import define, field

from mendline.engine.errors import EngineError
from mendline.engine.models.progress import DownloadCancelled, Phase, Progress
from mendline.engine.status import EngineState, EngineStatus
from mendline.engine.threads import in_daemon_thread
from mendline.lsp.progress import Bars
from mendline.lsp.services import Models
from mendline.lsp.status import StatusLine

logger = logging.getLogger(__name__)

_WORDS = {
    Phase.WAITING: "Another Mendline is downloading it",
    Phase.CONNECTING: "Connecting",
    Phase.VERIFYING: "Checking",
    Phase.DONE: "Done",
}


@define
class Downloads:
    """At most one download at a time.

    Attributes:
        running: whether something is being fetched.
    """

    _models: Models
    _status: StatusLine
    _bars: Bars
    running: bool = field(default=False, init=False)
    _cancel: threading.Event = field(factory=threading.Event, init=False)

    async def fetch(self, model: str) -> str:
        """Fetch a model; return an empty text, or why there is none, as a sentence for the user."""
        if self.running:
            return "A model is being downloaded already"
        self._cancel = cancel = threading.Event()
        self.running = True
        self._status.set_download(EngineStatus(EngineState.DOWNLOADING, "", model, 0.0))
        try:
            return await self._pull(model, cancel)
        finally:
            cancel.set()
            self.running = False
            self._status.set_download(None)

    def cancel(self) -> None:
        """Stop the download under way, if there is one; what came so far is kept."""
        self._cancel.set()

    async def _pull(self, model: str, cancel: threading.Event) -> str:
        loop = asyncio.get_running_loop()
        bar = await self._bars.begin(f"Downloading {model}", cancel.set)

        def show(progress: Progress) -> None:
            share = min(progress.done_bytes / progress.total_bytes, 1.0) if progress.total_bytes else 0.0
            words = _WORDS.get(progress.phase) or f"{progress.done_bytes >> 20} of {progress.total_bytes >> 20} MiB"
            status = EngineStatus(EngineState.DOWNLOADING, f"{words}: {model} ({int(100 * share)} %)", model, share)
            if not cancel.is_set():
                self._status.set_download(status)
                bar.report(int(100 * share), words)

        def on_progress(progress: Progress) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(show, progress)

        problem = ""
        try:
            await in_daemon_thread(lambda: self._models.pull(model, on_progress, cancel), "download")
        except DownloadCancelled as error:
            problem = str(error)
        except EngineError as error:
            problem = str(error)
            logger.warning("download of %s failed: %s", model, error)
        finally:
            bar.end(problem or "Done")
        return problem
