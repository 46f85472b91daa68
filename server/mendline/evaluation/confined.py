"""The other process of `running`: bounds itself, runs one program, and says how that ended.

Started as a script (`python -I -S confined.py CPU_SECONDS MEMORY_BYTES PROGRAM_BYTES MODE [ROOT ORDER…]`) with the
program on its standard input. It writes to its standard error: `begun` once the bounds hold, then `passed`, or the name
of the exception that ended the program.

With an order it puts up the sandbox's walls around itself first; they are all that it imports of Mendline, from ROOT.

MODE is `asserts` for a program that checks itself, which gets neither of the three standard streams; or `streams` for
one that is checked by what it writes. That one's standard input is what follows the program, its standard output is
this process's, and it ends as a Python program ends by itself: exit functions run, and `sys.exit()` is an end.
"""

from __future__ import annotations

import builtins
import os
import resource
import sys

_FILE_BYTES = 2**20
_OPEN_FILES = 64


def main() -> None:
    """Run the program on standard input."""
    cpu_seconds, memory_bytes, program_bytes = map(int, sys.argv[1:4])
    streams = sys.argv[4] == "streams"
    source = _read(program_bytes)
    answers = os.dup(sys.stderr.fileno())
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stderr,) if streams else (sys.stdin, sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    _bound(cpu_seconds, memory_bytes)
    if order := sys.argv[6:]:
        _wall_in(sys.argv[5], order)
    os.write(answers, b"begun ")
    del sys.argv[1:]
    if streams:
        _run_to_its_end(source, answers)
    else:
        _run_asserts(source, answers)


def _wall_in(root: str, order: list[str]) -> None:
    sys.path.append(root)
    from mendline.checks.sandbox.launcher import bounds  # noqa: PLC0415 - takes time, and is seldom needed
    from mendline.checks.sandbox.launcher.order import Order  # noqa: PLC0415 - the same

    walls = Order.read(order)
    bounds.wall(walls)
    bounds.close_in(walls)
    # The program gets what an interpreter has in which nothing is installed.
    sys.path.remove(root)
    for name in [name for name in sys.modules if name.partition(".")[0] == "mendline"]:
        del sys.modules[name]


def _read(size: int) -> bytes:
    """Read so many bytes and not one more: the rest is the program's own input."""
    parts: list[bytes] = []
    while size and (part := os.read(sys.stdin.fileno(), size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _run_asserts(source: bytes, answers: int) -> None:
    try:
        _run(source)
    except BaseException as error:
        os.write(answers, type(error).__name__.encode())
    else:
        os.write(answers, b"passed")
    # Threads that the program left behind are not waited for.
    os._exit(0)


def _run_to_its_end(source: bytes, answers: int) -> None:
    # Programs of contests end with these; Python has them from its site module, which is left out (`-S`).
    for name in ("exit", "quit"):
        setattr(builtins, name, sys.exit)
    try:
        _run(source)
    except SystemExit:
        raise
    except BaseException as error:
        os.write(answers, type(error).__name__.encode())
        raise


def _run(source: bytes) -> None:
    exec(compile(source, "program.py", "exec"), {"__name__": "__main__"})  # noqa: S102 - what this process is for


def _bound(cpu_seconds: int, memory_bytes: int) -> None:
    limits = {
        # At the first number comes SIGXCPU, which can be told from other deaths, at the second SIGKILL.
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + 1),
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        resource.RLIMIT_FSIZE: (_FILE_BYTES, _FILE_BYTES),
        resource.RLIMIT_NOFILE: (_OPEN_FILES, _OPEN_FILES),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, most)


if __name__ == "__main__":
    main()
