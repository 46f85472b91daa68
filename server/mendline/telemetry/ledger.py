"""Counts that outlive a session: what was offered, accepted and kept back, on this machine and nowhere else.

Names and numbers only. `mendline doctor` shows them; deleting the file forgets them.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

FILE = "counts.json"
LOCK_SECONDS = 1.0


def ledger_path() -> Path:
    """Return where the counts are kept; `MENDLINE_STATE_DIR` moves it."""
    moved = os.environ.get("MENDLINE_STATE_DIR")
    folder = Path(moved) if moved else platformdirs.user_state_path("mendline", appauthor=False)
    return folder / "telemetry" / FILE


def read(path: Path | None = None) -> Mapping[str, int]:
    """Return the counts by name; a file that is missing or can't be understood counts as empty."""
    try:
        counts = json.loads((path or ledger_path()).read_text(encoding="utf-8"))
        return {str(name): int(number) for name, number in counts.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def add(counts: Mapping[str, int], path: Path | None = None) -> None:
    """Add a session's counts to what is kept. Servers that end at the same time take turns.

    Raises:
        OSError: the file can't be written.
    """
    path = path or ledger_path()
    if not counts:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with FileLock(path.with_suffix(".lock"), timeout=LOCK_SECONDS):
            total = Counter(read(path))
            total.update(counts)
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(dict(sorted(total.items())), indent=1) + "\n", encoding="utf-8")
            fresh.replace(path)
    except Timeout as error:
        raise OSError(f"{path} is locked") from error
