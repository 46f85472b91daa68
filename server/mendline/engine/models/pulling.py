"""One pull of one model: its sources in turn, until the file is whole and its hash right."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from mendline.engine.errors import DownloadFailed
from mendline.engine.models.catalogue import Entry
from mendline.engine.models.partial import Partial
from mendline.engine.models.progress import Phase, Progress, Report, stop_if
from mendline.engine.models.sources.base import Fetcher, SourceFailed

_log = logging.getLogger("mendline.engine")


@frozen
class Pull:
    """A pull that holds the model's lock; see `run`.

    Attributes:
        entry: the model.
        final: where its file goes.
        fetchers: the sources to try, in order.
        report: gets the progress.
        cancel: ends it when set.
    """

    entry: Entry
    final: Path
    fetchers: tuple[Fetcher, ...]
    report: Report
    cancel: threading.Event

    def run(self) -> None:
        """Fetch what is missing, check all, and put the file in its place.

        Raises:
            DownloadFailed: see `ModelStore.pull`.
            ModelInvalid: the bytes are wrong.
        """
        try:
            with Partial(self.entry, self.final) as partial:
                partial.keep_what_is_good(self._reporter("", Phase.VERIFYING), self.cancel)
                source = self._fetch(partial)
                partial.finish(source, self._reporter(source, Phase.VERIFYING), self.cancel)
        except OSError as error:
            raise DownloadFailed(
                f"{self.entry.id} can't be written to {self.final.parent}: {error.strerror or error}; "
                "make the folder writable, or set MENDLINE_MODELS_DIR to another one"
            ) from error

    def _fetch(self, partial: Partial) -> str:
        """Let the sources complete `partial`; return the name of the one that did, empty when it was whole."""
        if partial.length == self.entry.size:
            return ""
        failures = []
        for fetcher in self.fetchers:
            stop_if(self.cancel)
            self.report(Progress(partial.length, self.entry.size, fetcher.name, Phase.CONNECTING))
            partial.check_space(fetcher.extra_bytes())
            try:
                fetcher.fetch(partial, self._reporter(fetcher.name, Phase.DOWNLOADING), self.cancel)
            except SourceFailed as failure:
                _log.info("%s from %s: %s", self.entry.id, fetcher.name, failure)
                failures.append(str(failure))
                self.report(
                    Progress(partial.length, self.entry.size, fetcher.name, Phase.CONNECTING, note=str(failure))
                )
            else:
                return fetcher.name
        raise DownloadFailed(
            f"{self.entry.id} could not be downloaded: {'; '.join(failures)}. Check the network and run "
            f"`mendline models pull {self.entry.id}` again, or put the file at {self.final} (its hash will be checked)"
        )

    def _reporter(self, source: str, phase: Phase) -> Callable[[int], None]:
        return lambda done: self.report(Progress(done, self.entry.size, source, phase))
