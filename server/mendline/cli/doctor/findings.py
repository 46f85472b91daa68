"""What a check found: a line for the user, how serious it is, and what to do."""

from __future__ import annotations

import enum

from attrs import frozen


class Level(enum.Enum):
    """How serious a finding is; `ATTENTION` makes `mendline doctor` end with status 1."""

    OK = "ok"
    NOTE = "note"
    ATTENTION = "attention"


@frozen
class Finding:
    """One line of the report.

    Attributes:
        label: what was looked at.
        value: what was found.
        advice: what to do about it, in one sentence; empty when there is nothing to do.
    """

    label: str
    value: str
    level: Level = Level.OK
    advice: str = ""
