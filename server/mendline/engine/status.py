"""What a user sees of the engine in a status line."""

from __future__ import annotations

import enum

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
