"""Hashes of files that are too long to read at once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

from mendline.engine.models.progress import stop_if

_BLOCK = 1 << 20


def sha256_of(
    path: Path,
    *,
    start: int = 0,
    length: int | None = None,
    on_bytes: Callable[[int], None] = lambda _: None,
    cancel: threading.Event | None = None,
) -> str:
    """Return the sha256 of `length` bytes of a file from `start` on, by default of all of it, in hexadecimal.

    `on_bytes` gets the number of bytes read so far.

    Raises:
        OSError: the file can't be read.
        DownloadCancelled: `cancel` was set meanwhile.
    """
    digest = hashlib.sha256()
    done = 0
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        while length is None or done < length:
            block = file.read(_BLOCK if length is None else min(_BLOCK, length - done))
            if not block:
                break
            digest.update(block)
            done += len(block)
            on_bytes(done)
            if cancel is not None:
                stop_if(cancel)
    return digest.hexdigest()
