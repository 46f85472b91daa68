"""The one line an editor shows of Mendline, put together from the engine, the settings and a running download."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import attrs
from attrs import define, field

from mendline.engine.status import EngineState, EngineStatus
from mendline.lsp.extensions import DOWNLOAD_COMMAND, RESTART_COMMAND

BUSY_SECONDS = 0.1
"""Work that is done sooner is not told: two messages a keystroke would be noise."""

_KINDS = {
    EngineState.OFF: "Inactive",
    EngineState.MISSING_MODEL: "Warning",
    EngineState.FAILED: "Error",
}
_AT_WORK = frozenset({EngineState.DOWNLOADING, EngineState.STARTING, EngineState.LOADING, EngineState.BUSY})
_MESSAGES = {
    EngineState.OFF: "Mendline starts with the first suggestion",
    EngineState.MISSING_MODEL: "The model is not on this machine",
    EngineState.DOWNLOADING: "Downloading the model",
    EngineState.STARTING: "Starting the engine",
    EngineState.LOADING: "Loading the model",
    EngineState.READY: "Ready",
    EngineState.BUSY: "Working on a suggestion",
    EngineState.FAILED: "The engine cannot run",
}


@define
class StatusLine:
    """Keeps the status and tells the editor whenever it changes.

    Attributes:
        tell: sends a payload as `extensions` has it.
        enabled: the setting `completion.enabled`.
    """

    tell: Callable[[dict[str, Any]], None]
    engine: EngineStatus = field(factory=lambda: EngineStatus(EngineState.OFF))
    enabled: bool = True
    _working: int = 0
    _download: EngineStatus | None = None
    _told: dict[str, Any] | None = None

    def payload(self) -> dict[str, Any]:
        """Return the status as it is now."""
        status = self._current()
        percent = None if status.progress is None else int(100 * min(max(status.progress, 0.0), 1.0))
        return {
            "state": status.state.value,
            "kind": _KINDS.get(status.state, "Normal"),
            "busy": status.state in _AT_WORK,
            "message": status.message or _MESSAGES[status.state] + (f" ({percent} %)" if percent is not None else ""),
            "model": status.model,
            "percent": percent,
            "command": _command(status),
        }

    def set_engine(self, status: EngineStatus) -> None:
        """Note what the engine says of itself."""
        # An engine that is not asked does not know the model's name; what is known of it is still true.
        self.engine = status if status.model else attrs.evolve(status, model=self.engine.model)
        self.update()

    def set_download(self, status: EngineStatus | None) -> None:
        """Note where a download stands; None when there is none."""
        self._download = status
        self.update()

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Count as busy while a suggestion is being made, if that takes `BUSY_SECONDS` or longer."""
        counted = False

        def begin() -> None:
            nonlocal counted
            counted = True
            self._work(1)

        timer = asyncio.get_running_loop().call_later(BUSY_SECONDS, begin)
        try:
            yield
        finally:
            timer.cancel()
            if counted:
                self._work(-1)

    def set_enabled(self, enabled: bool) -> None:
        """Note whether suggestions are wanted."""
        self.enabled = enabled
        self.update()

    def update(self) -> None:
        """Tell the editor, if there is something new."""
        payload = self.payload()
        if payload != self._told:
            self._told = payload
            self.tell(payload)

    def _work(self, more: int) -> None:
        self._working += more
        self.update()

    def _current(self) -> EngineStatus:
        if self._download is not None:
            return self._download
        if not self.enabled:
            return EngineStatus(EngineState.OFF, "Suggestions are switched off", self.engine.model)
        if self.engine.state in (EngineState.READY, EngineState.BUSY):
            state = EngineState.BUSY if self._working else EngineState.READY
            return attrs.evolve(self.engine, state=state)
        return self.engine


def _command(status: EngineStatus) -> dict[str, Any] | None:
    if status.state is EngineState.MISSING_MODEL:
        arguments = [status.model] if status.model else []
        title = f"Download {status.model}".rstrip()
        return {"title": title, "command": DOWNLOAD_COMMAND, "arguments": arguments}
    if status.state is EngineState.FAILED:
        return {"title": "Restart the engine", "command": RESTART_COMMAND, "arguments": []}
    return None
