"""What became of suggestions, by day and language, on this machine and nowhere else.

Numbers, dates and names of languages only. Deleting the file forgets them.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen
from filelock import FileLock, Timeout

from mendline.telemetry.ledger import LOCK_SECONDS, ledger_path

FILE = "acceptance.json"

DAYS = 366
"""Days that are kept."""


@frozen
class Figures:
    """Counts of suggestions.

    Attributes:
        shown: how many were on the screen, each once, however much of it was typed.
        accepted: how many of these were taken whole, or to their end.
        partially_accepted: of how many a part was taken.
        followed: how many accepted ones were looked at 30 s later, their document still open.
        kept: how many of these were still in the document.
        characters: how many were inserted by accepting, whole or in part, less what they replaced.
    """

    shown: int = 0
    accepted: int = 0
    partially_accepted: int = 0
    followed: int = 0
    kept: int = 0
    characters: int = 0

    def __add__(self, other: Figures) -> Figures:
        mine, others = attrs.astuple(self), attrs.astuple(other)
        return Figures(*(one + another for one, another in zip(mine, others, strict=True)))


Days = Mapping[str, Mapping[str, Figures]]
"""Figures by day, as ISO 8601 writes it, and language id; an empty id where the language is not known."""


@frozen
class AcceptanceBook:
    """The figures of all sessions, as far as they are kept.

    Attributes:
        path: the file; None for the one beside the counts (`ledger.ledger_path`).
    """

    path: Path | None = None
    days: int = field(default=DAYS, kw_only=True)

    def read(self) -> Days:
        """Return what is kept; a file that is missing or can't be understood counts as empty."""
        try:
            return _structured(json.loads(self._place().read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def add(self, days: Days) -> None:
        """Add figures of a session; days that are too old go. Servers that write at the same time take turns.

        Raises:
            OSError: the file can't be written.
        """
        if not days:
            return
        path = self._place()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with FileLock(path.with_suffix(".lock"), timeout=LOCK_SECONDS):
                total = merged(self.read(), days)
                newest = dict(sorted(total.items())[-self.days :])
                fresh = path.with_suffix(".new")
                fresh.write_text(json.dumps(newest, indent=1, default=attrs.asdict) + "\n", encoding="utf-8")
                fresh.replace(path)
        except Timeout as error:
            raise OSError(f"{path} is locked") from error

    def _place(self) -> Path:
        return self.path or ledger_path().with_name(FILE)


def merged(one: Days, other: Days) -> dict[str, dict[str, Figures]]:
    """Return the sums of both, day by day and language by language."""
    total = {day: dict(languages) for day, languages in one.items()}
    for day, languages in other.items():
        into = total.setdefault(day, {})
        for language, figures in languages.items():
            into[language] = into.get(language, Figures()) + figures
    return total


def _structured(value: Any) -> Days:
    names = [each.name for each in attrs.fields(Figures)]
    return {
        datetime.date.fromisoformat(day).isoformat(): {
            str(language): Figures(**{name: int(numbers.get(name, 0)) for name in names})
            for language, numbers in languages.items()
        }
        for day, languages in value.items()
    }
