"""Landlock: which files a process and its children can reach, kept by the kernel, asked for without any rights.

Numbers and structures are those of <linux/landlock.h>; the system calls have the same numbers on all architectures.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct

from mendline.checks.sandbox.launcher import kernel
from mendline.checks.sandbox.launcher.order import Order

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_NOTHING, _TCP = 0, (1 << 0) | (1 << 1)
_SCOPES = (1 << 0) | (1 << 1)
"""Abstract Unix sockets, and signals."""

_READ = _EXECUTE | _READ_FILE | _READ_DIR
_DEVICE = _READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL_DEV
_EVERY = (_IOCTL_DEV << 1) - 1
_OF_FILES = _EXECUTE | _DEVICE
"""What can be allowed for something that is no folder."""

LEAST = 6
"""The oldest version that will do: the first that keeps signals in."""


def version() -> int:
    """Return the version this kernel has, 0 without any."""
    try:
        return kernel.syscall(_CREATE_RULESET, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(order: Order) -> None:
    """Let this process and its children reach what the order names and nothing else, for good.

    What is not a matter of opening files (modes, owners, dates; sockets) is `seccomp`'s.

    Raises:
        OSError: the kernel refuses.
    """
    ruleset = _create(_EVERY, _TCP, _SCOPES)
    _allow(ruleset, order.readable, _READ)
    _allow(ruleset, order.devices, _DEVICE)
    _allow(ruleset, order.writable, _EVERY)
    _restrict_self(ruleset)


def close_in(order: Order) -> None:
    """Let this process and its children signal each other only, where the kernel has that.

    And let them write only where the order says, whatever other walls are there.

    Raises:
        OSError: the kernel refuses.
    """
    if version() >= LEAST:
        # Each layer denies moving files between folders unless it allows it, so this one has to allow that.
        writing = _EVERY & ~_READ
        ruleset = _create(writing, _NOTHING, _SCOPES)
        _allow(ruleset, [*order.writable, *order.in_memory], writing)
        _allow(ruleset, order.devices, _DEVICE & writing)
        _restrict_self(ruleset)


def _create(files: int, network: int, scopes: int) -> int:
    fields = struct.pack("=QQQ", files, network, scopes)
    return kernel.syscall(_CREATE_RULESET, ctypes.create_string_buffer(fields, len(fields)), len(fields), 0)


def _restrict_self(ruleset: int) -> None:
    kernel.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, paths: list[str], access: int) -> None:
    for path in paths:
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            # What this process can't reach, its child can't either.
            continue
        try:
            allowed = access if stat.S_ISDIR(os.fstat(handle).st_mode) else access & _OF_FILES
            rule = struct.pack("=Qi", allowed, handle)
            kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.create_string_buffer(rule, len(rule)), 0)
        finally:
            os.close(handle)
