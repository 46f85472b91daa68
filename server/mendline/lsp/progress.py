"""Work-done progress: a bar in the editor for what takes long, with a way to stop it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Coroutine
from typing import Any

from attrs import define, field
from lsprotocol import types

from mendline.engine.status import EngineState
from mendline.lsp.client import Client

_numbers = itertools.count(1)


@define
class WorkDone:
    """One bar. Editors that have none cost nothing: then every method does nothing."""

    _client: Client
    _token: str
    _stoppers: dict[str, Callable[[], None]] = field(factory=dict)
    _last: tuple[int | None, str] | None = None

    def report(self, percentage: int | None, message: str) -> None:
        """Move it on; says nothing when nothing changed."""
        if self._token and self._last != (percentage, message):
            self._last = (percentage, message)
            self._client.progress(self._token, types.WorkDoneProgressReport(message=message, percentage=percentage))

    def end(self, message: str) -> None:
        """Take it away; only the first call counts."""
        if self._token:
            self._client.progress(self._token, types.WorkDoneProgressEnd(message=message))
            self._stoppers.pop(self._token, None)
            self._token = ""


@define
class Bars:
    """The bars that are shown, by token, with what stops their work."""

    _client: Client
    _stoppers: dict[str, Callable[[], None]] = field(factory=dict, init=False)

    async def begin(self, title: str, stop: Callable[[], None] | None = None, percentage: int | None = 0) -> WorkDone:
        """Show a bar; with `stop`, the user can end the work.

        `percentage` is None where it can't be told how far the work is: editors then show that something goes on.
        """
        token = f"mendline-{next(_numbers)}"
        if not await self._client.create_progress(token):
            return WorkDone(self._client, "")
        if stop is not None:
            self._stoppers[token] = stop
        begin = types.WorkDoneProgressBegin(title=title, cancellable=stop is not None, percentage=percentage)
        self._client.progress(token, begin)
        return WorkDone(self._client, token, self._stoppers)

    def cancel(self, token: types.ProgressToken) -> None:
        """Stop the work of a bar, as the user wants; an unknown one is no error."""
        if stop := self._stoppers.pop(str(token), None):
            stop()


@define
class LoadingBar:
    """The bar of a model on its way into memory; it follows the status."""

    _bars: Bars
    _spawn: Callable[[Coroutine[Any, Any, None]], None]
    _status: dict[str, Any] | None = None
    _bar: WorkDone | None = None

    def follow(self, payload: dict[str, Any]) -> None:
        """Take a new status."""
        before = self._status
        self._status = payload if payload["state"] == EngineState.LOADING.value else None
        if self._status is not None and before is None:
            self._spawn(self._begin(f"Loading {payload['model']}".rstrip(), payload["percent"]))
        self._show()

    async def _begin(self, title: str, percentage: int | None) -> None:
        self._bar = await self._bars.begin(title, percentage=percentage)
        self._show()

    def _show(self) -> None:
        if self._bar is None:
            return
        if self._status is None:
            self._bar.end("Done")
            self._bar = None
        else:
            self._bar.report(self._status["percent"], self._status["message"])
