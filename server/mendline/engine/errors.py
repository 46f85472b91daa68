"""Errors of the engine room.

    MendlineError (mendline.settings.errors)
    └── EngineError
        ├── ModelMissing        the model is known but not on this machine; `mendline models pull` gets it
        ├── ModelUnknown        no such id in the catalogue, no such file
        ├── ModelInvalid        a file that is not a readable GGUF: corrupt, truncated, wrong hash
        ├── DownloadFailed      no network, no space, a source that refuses
        │   └── DownloadCancelled (engine.models.progress)   the user stopped it
        ├── EngineUnavailable   no engine could be reached or started
        │   ├── Unreachable (engine.client)                  nothing listens at the address
        │   └── StartedTooOften (engine.restarts)            a process that keeps ending; not started for a while
        ├── EngineDied          the engine ended in the middle of a request
        │   └── ConnectionLost (engine.client)               so it looks from the other end of the connection
        ├── EngineRefused       the engine answered with an error of its own (bad token, bad request)
        └── EngineOverloaded    out of memory, or too many requests waiting

Each message is one line that says what is wrong and what to do; it can be shown to a user as it is.
"""

from __future__ import annotations

from mendline.settings.errors import MendlineError


class EngineError(MendlineError):
    """Anything the engine room raises."""


class ModelMissing(EngineError):
    """The model is known but not on this machine.

    Attributes:
        model: its catalogue id.
    """

    def __init__(self, message: str, *, model: str) -> None:
        super().__init__(message)
        self.model = model


class ModelUnknown(EngineError):
    """Neither an id in the catalogue nor a file."""


class ModelInvalid(EngineError):
    """A file that is not a readable GGUF, or not the one expected."""


class DownloadFailed(EngineError):
    """A model could not be fetched. What was fetched so far is kept."""


class EngineUnavailable(EngineError):
    """No engine could be reached or started."""


class EngineDied(EngineError):
    """The engine ended in the middle of a request."""


class EngineRefused(EngineError):
    """The engine answered with an error of its own.

    Attributes:
        status: the HTTP status, 0 when the engine runs in this process.
    """

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class EngineOverloaded(EngineError):
    """Out of memory, or too many requests waiting."""
