"""bubblewrap: namespaces in which there is no network, no other process, and only what was put there.

Everything is built up from nothing, so what isn't named here doesn't exist inside.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from mendline.checks.sandbox import visible
from mendline.checks.sandbox.place import Place

PROGRAM = "bwrap"
IN_MEMORY = ("/dev", "/tmp")  # noqa: S108 - of its own
"""Folders inside that are held in memory; programs that don't ask for `TMPDIR` write there."""

_OF_KERNEL = tuple(f"/proc/{name}" for name in ("sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi"))
"""The kernel's own settings. They ask who is root outside, and not which rights are left: by `core_pattern` alone root
inside could run anything outside."""

_APART = ("--unshare-user", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL")


def wrapped(bubblewrap: str, place: Place, readable: Sequence[Path], argv: Sequence[str]) -> list[str]:
    """Return the command that runs another one inside.

    Args:
        bubblewrap: its program.
        place: where is written.
        readable: what can be read, beside the system.
        argv: the command.
    """
    return [
        *(bubblewrap, *_APART),
        *_system(),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),  # noqa: S108 - of its own
        *(word for path in _OF_KERNEL for word in ("--ro-bind-try", path, path)),
        *_readable(readable),
        *("--bind", str(place.folder), str(place.folder)),
        *("--remount-ro", "/", "--chdir", str(place.start), "--"),
        *argv,
    ]


def _system() -> Iterator[str]:
    for path in (*visible.system(), *visible.CONFIGURATION):
        if os.path.islink(path) and path in visible.SYSTEM:
            # Where /bin is /usr/bin.
            yield from ("--symlink", os.readlink(path), path)
        elif os.path.exists(path):
            yield from ("--ro-bind-try", os.path.realpath(path), path)


def _readable(paths: Sequence[Path]) -> Iterator[str]:
    # Folders before what is in them: a later mount hides what was there.
    for path in sorted({each: None for one in paths for each in (one.resolve(), one)}):
        if path.exists():
            yield from ("--ro-bind", str(path.resolve()), str(path))
