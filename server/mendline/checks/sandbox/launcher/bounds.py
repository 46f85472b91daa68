"""What each process may use up, and what it may not become."""

from __future__ import annotations

import os
import resource

from mendline.checks.sandbox.launcher import kernel, landlock, seccomp
from mendline.checks.sandbox.launcher.order import BUBBLEWRAP, LANDLOCK, PLAIN, Order


def limit(order: Order) -> None:
    """Bound this process and, each for itself, its children.

    Raises:
        OSError, ValueError: the system refuses.
    """
    wanted = {
        # At the first number comes SIGXCPU, which can be told from other deaths, a second later SIGKILL.
        resource.RLIMIT_CPU: (order.cpu_seconds, order.cpu_seconds + 1 if order.cpu_seconds else 0),
        resource.RLIMIT_AS: (order.address_bytes, order.address_bytes),
        resource.RLIMIT_DATA: (order.memory_bytes, order.memory_bytes),
        resource.RLIMIT_FSIZE: (order.file_bytes, order.file_bytes),
        resource.RLIMIT_NOFILE: (order.open_files, order.open_files),
    }
    if order.tasks and order.way != BUBBLEWRAP and (others := _tasks_of_user()):
        wanted[resource.RLIMIT_NPROC] = (others + order.tasks, others + order.tasks)
    for kind, (soft, hard) in wanted.items():
        if not hard:
            continue
        allowed = resource.getrlimit(kind)[1]
        most = hard if allowed == resource.RLIM_INFINITY else min(hard, allowed)
        try:
            resource.setrlimit(kind, (min(soft, most), most))
        except (OSError, ValueError):
            # macOS has names for limits that it doesn't take; where there are walls, all of them have to hold.
            if order.way != PLAIN:
                raise
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def wall(order: Order) -> None:
    """Put this process, for good, where it and its children reach only what the order names. Nothing, where limits do.

    Raises:
        OSError: the kernel refuses.
    """
    if order.way != PLAIN:
        kernel.drop_capabilities()
        kernel.prctl(kernel.SET_NO_NEW_PRIVS, 1)
    if order.way == LANDLOCK:
        if landlock.version() < landlock.LEAST:
            raise OSError("this kernel's Landlock is too old")
        landlock.restrict(order)


def close_in(order: Order) -> None:
    """Take from this process, for good, what the tool may not do, on top of `wall`.

    Raises:
        OSError: the kernel refuses.
    """
    if order.way != PLAIN:
        landlock.close_in(order)
        seccomp.install(apart=order.way == BUBBLEWRAP)


def close_files() -> None:
    """Close every file but the standard streams."""
    os.closerange(3, min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 2**16))


def _tasks_of_user() -> int:
    """Return how many processes and threads the user has, as the system's bound is for all of them together.

    0 where that can't be told, and for root, whom it doesn't bind.
    """
    if not (user := os.getuid()):
        return 0
    count = 0
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else []:
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue  # it has ended
    return count
