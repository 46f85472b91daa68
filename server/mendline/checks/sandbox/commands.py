"""The sandbox around the commands of checks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import attrs

from mendline.checks.process import Command, Finished
from mendline.checks.sandbox.confining import ENDINGS, confined
from mendline.checks.sandbox.launcher.order import SIGNALLED, TOO_LONG
from mendline.checks.sandbox.limits import Limits

_OWN: Final = frozenset({"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH"})
"""Variables of which the sandbox has its own, or none."""

_OUT_OF_PROCESSOR_TIME: Final = SIGNALLED + 24
"""24 is SIGXCPU everywhere that has it; Windows has not."""


def confine(
    command: Command, *, writable: Path, readable: Sequence[Path] = (), limits: Limits | None = None
) -> Command:
    """Put the sandbox around a command, as well as this machine can. Uses the disk; to be called in a thread.

    Args:
        command: what is to be started; its folder lies in `writable`.
        writable: as in `confined`.
        readable: as in `confined`.
        limits: as in `confined`.

    Raises:
        OSError: the scratch folder can't be written.
    """
    kept = {name: value for name, value in command.environment.items() if name not in _OWN}
    made = confined(command.argv, writable=writable, readable=readable, limits=limits, start=command.folder, env=kept)
    return attrs.evolve(command, argv=made.argv, folder=made.cwd, environment=made.env, confinement=made.label)


def exceeded(finished: Finished) -> str:
    """What a confined command was ended for, as the end of a sentence; empty if it has ended by itself."""
    return "" if finished.status is None else ENDINGS.get(finished.status, "")


def is_late(finished: Finished) -> bool:
    """Whether a confined command was ended because its time was over, on the clock or of a processor."""
    return finished.timed_out or finished.status in (TOO_LONG, _OUT_OF_PROCESSOR_TIME)
