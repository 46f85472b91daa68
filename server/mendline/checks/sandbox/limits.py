"""What confined code may use up."""

from __future__ import annotations

import os

import psutil
from attrs import field, frozen

GIB = 2**30


def _memory() -> int:
    return max(4 * GIB, psutil.virtual_memory().total // 4)


def _tasks() -> int:
    # Compilers start as many processes as there are cores, with as many threads each.
    return 256 + 64 * (os.cpu_count() or 1)


@frozen
class Limits:
    """Bounds of a tool and of everything it starts; 0 stands for none.

    Attributes:
        wall_seconds: time until all of it is ended.
        cpu_seconds: processor time of each process.
        memory_bytes: what all its processes hold in memory together, and the most that each may ask for; by default a
            quarter of the machine's, and at least 4 GiB.
        address_bytes: address space of each process. Off by default: programs that compile while they run (Node, Java)
            reserve far more than they use.
        file_bytes: size of each file it writes.
        disk_bytes: what its scratch folder may hold, with what it held before.
        open_files: files that each process has open at a time.
        tasks: processes and threads at a time, all together; by default more where there are more cores.
    """

    wall_seconds: float = 120.0
    cpu_seconds: int = 120
    memory_bytes: int = field(factory=_memory)
    address_bytes: int = 0
    file_bytes: int = GIB
    disk_bytes: int = 4 * GIB
    open_files: int = 1024
    tasks: int = field(factory=_tasks)
