"""seccomp: which system calls a process and its children can make, decided by a small program in the kernel.

It refuses what confined code has no business with (`calls`). The kernel can also ask another process about a call, such
as one that makes a process. That isn't used: a signal that comes meanwhile makes the call fail with `EINTR`, which no
caller of `fork` expects. Structures are those of <linux/seccomp.h> and <linux/filter.h>.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from mendline.checks.sandbox.launcher import calls, kernel

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER = 1

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Where they stand in `struct seccomp_data`."""

_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_X32 = 0x40000000

_NEW_NAMESPACES = 0x7E020080
"""`CLONE_NEW…`, all of them."""
_STREAM_SOCKETS = (1, 5)
"""`SOCK_STREAM` and `SOCK_SEQPACKET`: one of another kind could be connected elsewhere later."""
_SOCKET_KIND = 0xF
_FAMILIES = (1, 2, 10, 16)
"""`AF_UNIX`, `AF_INET`, `AF_INET6` and `AF_NETLINK`: of all others namespaces keep few apart (not `AF_VSOCK`)."""
_IOCTLS = (0x5412, 0x541C, 0x40086602, 0x401C5820)
"""`TIOCSTI` and `TIOCLINUX`, which type into a terminal; `FS_IOC_SETFLAGS` and `FS_IOC_FSSETXATTR`."""

_Step = tuple[int, int, int, int]


def is_known(architecture: str) -> bool:
    """Whether the numbers of an architecture's system calls are known here."""
    return architecture in calls.ARCHITECTURES


def install(*, apart: bool) -> None:
    """Confine this process and its children for good.

    Args:
        apart: whether namespaces keep it apart from others already.

    Raises:
        OSError: the kernel refuses.
    """
    architecture = kernel.machine()
    steps = program(architecture, apart=apart)
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_ = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(buffer)))
    kernel.syscall(_SECCOMP[architecture], _SET_MODE_FILTER, 0, filter_)


def program(architecture: str, *, apart: bool) -> list[_Step]:
    """Return the filter's instructions: code, steps to skip if true and if not, constant."""
    column = list(calls.ARCHITECTURES).index(architecture)
    steps: list[_Step] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, calls.ARCHITECTURES[architecture]),
        _error(errno.ENOSYS),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if architecture == "x86_64":
        steps += [(_AT_LEAST, 0, 1, _X32), _error(errno.ENOSYS)]

    def on(numbers: list[tuple[int, int]], *block: _Step) -> None:
        for each in numbers:
            if each[column]:
                steps.extend([(_EQUAL, 0, len(block), each[column]), *block])

    # The most frequent first: the kernel knows by itself only of calls that are allowed whatever their arguments.
    on([calls.IOCTL], *_refuse(1, _IOCTLS))
    on([calls.CLONE], _argument(0), (_ANY_BIT, 0, 1, _NEW_NAMESPACES), _error(errno.EPERM), (_RETURN, 0, 0, _ALLOW))
    on([*calls.ABSENT.values()], _error(errno.ENOSYS))
    on([*calls.REFUSED.values()], _error(errno.EPERM))
    if apart:
        on([calls.SHARED["socket"]], *_accept(0, _FAMILIES))
    else:
        on([calls.SOCKETPAIR], *_accept(1, _STREAM_SOCKETS, _SOCKET_KIND))
        on([*calls.SHARED.values()], _error(errno.EACCES))
        on([*calls.PRETENDED.values()], _error(0))
        on([*calls.ON_PROCESSES.values()], *_accept(0, (0,)))
        on([calls.ON_GROUPS["setpriority"]], *_own(0))
        on([calls.ON_GROUPS["ioprio_set"]], *_own(1))
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _error(number: int) -> _Step:
    return (_RETURN, 0, 0, _ERROR | number)


def _argument(index: int) -> _Step:
    # The lower half of its eight bytes; both architectures have it first.
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index)


def _refuse(index: int, values: tuple[int, ...]) -> list[_Step]:
    """Refuse these values of an argument, allow others."""
    tests = [(_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]
    return [_argument(index), *tests, (_RETURN, 0, 0, _ALLOW), _error(errno.EPERM)]


def _accept(index: int, values: tuple[int, ...], mask: int = 0xFFFFFFFF) -> list[_Step]:
    """Allow these values of an argument's bits, refuse others."""
    tests = [(_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]
    return [_argument(index), (_AND, 0, 0, mask), *tests, _error(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]


def _own(kind: int) -> list[_Step]:
    """Allow what is about the caller itself: this kind, and 0."""
    return [
        _argument(0),
        (_EQUAL, 0, 2, kind),
        _argument(1),
        (_EQUAL, 1, 0, 0),
        _error(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
