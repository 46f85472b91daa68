"""The other process of `running`: bounds itself, runs one program, and says how that ended.

Started as a script (`python -I -S confined.py CPU_SECONDS MEMORY_BYTES`) with the program on its standard input; it
imports nothing of Mendline. It writes to its standard output: `begun` once the bounds hold, then `passed`, or the name
of the exception that ended the program. The program itself gets neither of the three standard streams.
"""

from __future__ import annotations

import os
import resource
import sys

_FILE_BYTES = 2**20
_OPEN_FILES = 64


def main() -> None:
    """Run the program on standard input."""
    cpu_seconds, memory_bytes = int(sys.argv[1]), int(sys.argv[2])
    source = sys.stdin.buffer.read()
    answers = os.dup(sys.stdout.fileno())
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    _bound(cpu_seconds, memory_bytes)
    os.write(answers, b"begun ")
    try:
        exec(compile(source, "program.py", "exec"), {"__name__": "__main__"})  # noqa: S102 - what this process is for
    except BaseException as error:
        os.write(answers, type(error).__name__.encode())
    else:
        os.write(answers, b"passed")
    # Threads that the program left behind are not waited for.
    os._exit(0)


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
