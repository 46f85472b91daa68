"""Remembers that a file's hash was right, so that a start doesn't read a gigabyte again.

A stamp beside the file holds the size, modification time and hash it had when it was checked; a file that was
touched since counts as unchecked.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

_log = logging.getLogger("mendline.engine")


def stamp_path(file: Path) -> Path:
    """Return where the stamp of `file` lies."""
    return file.with_name(file.name + ".verified")


def is_stamped(file: Path, sha256: str) -> bool:
    """Tell whether `file` was found to have this hash and hasn't changed since."""
    try:
        return bool(json.loads(stamp_path(file).read_text("utf-8")) == _stamp(file, sha256))
    except (OSError, ValueError):
        return False


def stamp(file: Path, sha256: str) -> None:
    """Note that `file` has this hash; in a folder that can't be written to it will have to be read again."""
    try:
        stamp_path(file).write_text(json.dumps(_stamp(file, sha256)), "utf-8")
    except OSError as error:
        _log.debug("no stamp beside %s: %s", file, error)


def _stamp(file: Path, sha256: str) -> dict[str, object]:
    status = file.stat()
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": sha256}
