"""Syntax problems as diagnostics: on request, or sent after a pause for editors that don't ask."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence

from attrs import define, field
from lsprotocol import types

from mendline.lsp import to_lsp
from mendline.lsp.elsewhere import Elsewhere
from mendline.settings.model import Settings
from mendline.syntax.problems import Problem
from mendline.text.positions import PositionEncoding
from mendline.workspace.problems import problems_in
from mendline.workspace.store import Snapshot, Workspace

MOST = 100
"""Problems reported for one document; a file with more is not the language it claims to be."""

PAUSE_SECONDS = 0.3


def syntax_problems(snapshot: Snapshot) -> tuple[Problem, ...]:
    """Return a document's syntax errors; none where its language has no grammar."""
    return problems_in(snapshot, MOST)


def result_id(diagnostics: Sequence[types.Diagnostic]) -> str:
    """Return an id that is the same for the same diagnostics."""
    words = [f"{d.range.start.line}:{d.range.start.character}-{d.range.end}:{d.message}" for d in diagnostics]
    return hashlib.blake2s("\n".join(words).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@define
class Diagnosing:
    """Says what Mendline itself reports: nothing that another source reports too, and nothing where that is off."""

    _settings: Callable[[], Settings]
    _elsewhere: Elsewhere

    def problems(self, snapshot: Snapshot) -> tuple[Problem, ...]:
        """Return the syntax errors that are Mendline's to report."""
        if not self._settings().diagnostics.enabled:
            return ()
        return tuple(each for each in syntax_problems(snapshot) if not self._elsewhere.is_silent(snapshot, each))

    def diagnostics(self, snapshot: Snapshot, encoding: PositionEncoding) -> list[types.Diagnostic]:
        """Return them as diagnostics."""
        return [to_lsp.diagnostic(snapshot.document, each, encoding) for each in self.problems(snapshot)]


@define
class Publisher:
    """Sends diagnostics to an editor that cannot ask for them; off until it is switched on."""

    _workspace: Workspace
    _diagnosing: Diagnosing
    _publish: Callable[[str, int | None, Sequence[types.Diagnostic]], None]
    _encoding: PositionEncoding | None = None
    _timers: dict[str, asyncio.TimerHandle] = field(factory=dict)

    def switch_on(self, encoding: PositionEncoding) -> None:
        """Send from now on."""
        self._encoding = encoding

    def changed(self, uri: str) -> None:
        """Send the document's diagnostics when it has not changed for `PAUSE_SECONDS`."""
        if self._encoding is None:
            return
        if timer := self._timers.pop(uri, None):
            timer.cancel()
        self._timers[uri] = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._send, uri, self._encoding)

    def again(self) -> None:
        """Send those of all documents: something other than their texts changed."""
        for snapshot in self._workspace.snapshots():
            self.changed(snapshot.uri)

    def closed(self, uri: str) -> None:
        """Take the document's diagnostics away."""
        if self._encoding is None:
            return
        if timer := self._timers.pop(uri, None):
            timer.cancel()
        self._publish(uri, None, [])

    def _send(self, uri: str, encoding: PositionEncoding) -> None:
        self._timers.pop(uri, None)
        if snapshot := self._workspace.snapshot(uri):
            self._publish(uri, snapshot.version, self._diagnosing.diagnostics(snapshot, encoding))
