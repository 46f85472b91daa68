"""What confined code may use up."""

from __future__ import annotations

from attrs import frozen

MIB = 2**20
GIB = 2**30


@frozen
class Limits:
    """Bounds of a tool and of everything it starts; 0 stands for none.

    Attributes:
        wall_seconds: time until all of it is ended.
        cpu_seconds: processor time of each process.
        memory_bytes: what all its processes hold in memory together, and the most that each may ask for.
        address_bytes: address space of each process. Off by default: programs that compile while they run (Node, Java)
            reserve far more than they use.
        file_bytes: size of each file it writes.
        disk_bytes: what its scratch folder may hold, with what it held before.
        open_files: files that each process has open at a time.
        tasks: processes and threads at a time, all together.
    """

    wall_seconds: float = 120.0
    cpu_seconds: int = 120
    memory_bytes: int = 4 * GIB
    address_bytes: int = 0
    file_bytes: int = 256 * MIB
    disk_bytes: int = 4 * GIB
    open_files: int = 1024
    tasks: int = 256
