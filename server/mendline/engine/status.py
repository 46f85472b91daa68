"""What a user sees of the engine in a status line."""

from __future__ import annotations

import enum
from collections.abc import Callable

from attrs import frozen


class EngineState(enum.Enum):
    """The stages an engine goes through; the values are what `mendline/status` sends."""

    OFF = "off"
    """Nothing runs; the next request starts it."""
    MISSING_MODEL = "missing-model"
    """The model is not on this machine; a command fetches it."""
    DOWNLOADING = "downloading"
    STARTING = "starting"
    """The process is being started or found."""
    LOADING = "loading"
    """The process runs and reads the model into memory; requests wait for it."""
    READY = "ready"
    BUSY = "busy"
    """Ready, and at work on a request."""
    FAILED = "failed"
    """It cannot run for now; `EngineStatus.message` says why and what to do."""


@frozen
class EngineStatus:
    """A state and what there is to say about it.

    Attributes:
        message: one line for the user; empty when the state says it all.
        model: the model's catalogue id or file name; empty when none is chosen yet.
        progress: share of a download or load that is done, 0 to 1; None when it cannot be told.
    """

    state: EngineState
    message: str = ""
    model: str = ""
    progress: float | None = None


Listener = Callable[[EngineStatus], None]


class StatusTeller:
    """Keeps a status and tells it to whoever wants to know; the base of engines that have one.

    Args:
        status: the first one, which nobody is told.
    """

    def __init__(self, status: EngineStatus) -> None:
        self._status = status
        self._listeners: list[Listener] = []

    @property
    def status(self) -> EngineStatus:
        """The state as it was last seen."""
        return self._status

    def on_status(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each new status, in the event loop; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, status: EngineStatus) -> None:
        self._status = status
        for listener in tuple(self._listeners):
            listener(status)
