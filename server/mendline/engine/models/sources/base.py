"""What a source of models is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from mendline.engine.models.partial import Partial

OnBytes = Callable[[int], None]
"""Gets the number of the model's bytes that are here, more or less: pip's bytes are compressed."""


class SourceFailed(Exception):
    """This source can't give the model; another may. The message is a clause for the user, without a full stop."""


class Fetcher(Protocol):
    """A source of one model.

    Attributes:
        name: "hub" or "wheels".
    """

    name: str

    def extra_bytes(self) -> int:
        """Return how much room it needs on the store's disk besides the model's own."""
        ...

    def fetch(self, partial: Partial, on_bytes: OnBytes, cancel: threading.Event) -> None:
        """Append to `partial` until it is whole; blocks.

        Raises:
            SourceFailed: it can't; what came so far stays in `partial`.
            DownloadFailed: no source could (a full disk).
            DownloadCancelled: `cancel` was set.
        """
        ...
