"""System calls that Python has no functions for."""

from __future__ import annotations

import ctypes
import os
import sys

SET_PDEATHSIG, SET_DUMPABLE, CAPBSET_DROP, SET_CHILD_SUBREAPER, SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38
"""Operations of `prctl`, from <linux/prctl.h>."""

_CAPABILITY_VERSION = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def is_linux() -> bool:
    """Whether any of this exists here."""
    return sys.platform.startswith("linux")


def machine() -> str:
    """Return the processor's architecture: "x86_64", "aarch64"."""
    return os.uname().machine


def syscall(number: int, *arguments: object) -> int:
    """Make a system call.

    Args:
        number: its number on this architecture.
        arguments: integers, buffers of ctypes, or None.

    Raises:
        OSError: it failed.
    """
    passed = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = int(_libc.syscall(ctypes.c_long(number), *passed))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(operation: int, value: int = 0) -> None:
    """Change something about this process.

    Raises:
        OSError: the kernel refuses.
    """
    zero = ctypes.c_ulong(0)
    if _libc.prctl(operation, ctypes.c_ulong(value), zero, zero, zero) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def drop_capabilities() -> None:
    """Give up what makes root more than a user, for this process and whatever it becomes. Without effect for users."""
    for capability in range(64):
        try:
            prctl(CAPBSET_DROP, capability)
        except OSError:
            # No such capability in this kernel, or no right to drop any: then there is none to drop.
            continue
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if _libc.capset(ctypes.byref(header), ctypes.byref(nothing)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
