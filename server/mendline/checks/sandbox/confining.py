"""The sandbox's face: from a command to a confined command and a label.

```
 bubblewrap ──▶ launcher ──▶ tool      "bubblewrap": namespaces, and what the launcher adds
                launcher ──▶ tool      "Landlock and seccomp": where containers forbid namespaces
                launcher ──▶ tool      "limits only": elsewhere; on Windows without the launcher
```
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

import mendline
from mendline.checks.sandbox import bubblewrap, visible
from mendline.checks.sandbox.launcher.order import (
    BUBBLEWRAP,
    CANNOT,
    LANDLOCK,
    PLAIN,
    TOO_LONG,
    TOO_MANY,
    TOO_MUCH_DISK,
    TOO_MUCH_MEMORY,
    Order,
)
from mendline.checks.sandbox.limits import Limits
from mendline.checks.sandbox.place import Place

LABELS = {BUBBLEWRAP: "bubblewrap", LANDLOCK: "Landlock and seccomp", PLAIN: "limits only"}

ENDINGS = {
    TOO_LONG: "it took too long",
    TOO_MANY: "it started too many processes",
    TOO_MUCH_MEMORY: "it used too much memory",
    TOO_MUCH_DISK: "it wrote too much",
    CANNOT: "it could not be started in the sandbox",
}
"""What exit statuses of a confined command mean that are not its own."""

_PACKAGE = Path(mendline.__file__).parent
_PYTHON = (sys.executable, "-I", "-S", "-B", "-X", "utf8")
_START = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from mendline.checks.sandbox.launcher.main import main; main(sys.argv[2:])"
)
_PROBE_SECONDS = 10


@frozen
class Confined:
    """A command that confines itself.

    Attributes:
        argv: the command; however its first process ends or is ended, all others end with it.
        env: its whole environment.
        cwd: where to start it.
        label: what confines it, for users.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    label: str


def confined(
    argv: Sequence[str],
    *,
    writable: Path,
    readable: Sequence[Path] = (),
    limits: Limits | None = None,
    start: Path | None = None,
    env: Mapping[str, str] | None = None,
    way: str | None = None,
) -> Confined:
    """Confine a command, as well as this machine can. Looks at files, and the first time starts processes.

    Args:
        argv: the program and its arguments. The installation that the program belongs to can be read.
        writable: the scratch folder, the only thing that can be written. `HOME` and `TMPDIR` point into it.
        readable: what else can be read; a folder that holds the home folder is left out.
        limits: what it may use up.
        start: the working folder, in `writable`; by default that one.
        env: variables on top of the few that everything gets.
        way: one of `launcher.order`'s, by default the best that works here.

    Raises:
        OSError: the scratch folder can't be written.
    """
    way = best_way() if way is None else way
    bounds = Limits() if limits is None else limits
    place = Place.prepare(writable, start)
    program = shutil.which(argv[0], path=os.environ.get("PATH")) or argv[0]
    seen = [*visible.of_program(Path(program)), *(each for each in readable if not visible.holds_home(each))]
    command = (program, *argv[1:])
    return Confined(
        tuple(_command(way, place, seen, bounds, command)), _environment(place, env or {}), place.start, LABELS[way]
    )


def walls(writable: Path) -> list[str]:
    """Return the order with which a process of this interpreter can put up Landlock's walls around itself.

    `launcher.bounds` takes it (`wall`, then `close_in`). Nobody watches such a process: that is for programs that are
    started many times, bound themselves, and whose group is killed afterwards.

    Args:
        writable: the only folder that can be written.
    """
    order = Order()
    order.way = LANDLOCK
    order.writable = [str(writable.resolve())]
    order.readable = _seen(visible.of_program(Path(sys.executable)))
    order.devices = list(visible.DEVICES)
    return order.write()


@functools.cache
def best_way() -> str:
    """Return the best way of confining that works here; tried once."""
    return next((way for way in (BUBBLEWRAP, LANDLOCK) if works(way)), PLAIN)


@functools.cache
def works(way: str) -> bool:
    """Whether a way of confining works here; tried once.

    Being installed is not enough: many containers forbid namespaces.
    """
    if os.name != "posix" or (way != PLAIN and not sys.platform.startswith("linux")):
        return False
    if way == BUBBLEWRAP and shutil.which(bubblewrap.PROGRAM) is None:
        return False
    with tempfile.TemporaryDirectory(prefix="mendline-probe-") as folder:
        tried = confined([*_PYTHON, "-c", "print('works')"], writable=Path(folder), way=way)
        try:
            ended = subprocess.run(
                tried.argv,
                env=dict(tried.env),
                cwd=tried.cwd,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=_PROBE_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return ended.returncode == 0 and ended.stdout == "works\n"


def _command(way: str, place: Place, readable: Sequence[Path], limits: Limits, argv: Sequence[str]) -> list[str]:
    if os.name != "posix":
        return list(argv)
    order = _order(way, place, readable, limits)
    order.argv = list(argv)
    launch = [*_PYTHON, "-c", _START, str(_PACKAGE.parent), *order.write()]
    if way != BUBBLEWRAP:
        return launch
    inside = [*readable, *visible.of_program(Path(sys.executable)), _PACKAGE]
    return bubblewrap.wrapped(shutil.which(bubblewrap.PROGRAM) or bubblewrap.PROGRAM, place, inside, launch)


def _order(way: str, place: Place, readable: Sequence[Path], limits: Limits) -> Order:
    order = Order()
    order.way = way
    order.writable = [str(place.folder)]
    order.own = str(place.own)
    if way == LANDLOCK:
        order.readable = _seen(readable)
        order.devices = list(visible.DEVICES)
    if way == BUBBLEWRAP:
        order.in_memory = list(bubblewrap.IN_MEMORY)
    order.cpu_seconds = limits.cpu_seconds
    order.address_bytes = limits.address_bytes
    order.memory_bytes = limits.memory_bytes
    order.file_bytes = limits.file_bytes
    order.disk_bytes = limits.disk_bytes
    order.open_files = limits.open_files
    order.tasks = limits.tasks
    order.wall_milliseconds = int(limits.wall_seconds * 1000)
    return order


def _seen(readable: Sequence[Path]) -> list[str]:
    """Return what can be read under Landlock, where there is no other `/proc` to see."""
    seen = (*visible.system(), *visible.CONFIGURATION, visible.PROCESSES, *map(str, readable))
    return [each for each in seen if os.path.exists(each)]


def _environment(place: Place, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment: nothing of this process's but where programs are and what the system needs."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "PATHEXT", "COMSPEC") if name in os.environ}
    home, temporary = str(place.home), str(place.temporary)
    named = {"HOME": home, "USERPROFILE": home} | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary)
    return {"LANG": "C.UTF-8", **kept, **named, **extra}
