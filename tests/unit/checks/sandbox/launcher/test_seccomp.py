"""The filter, run on system calls as the kernel would run it."""

from __future__ import annotations

import errno
import struct

import pytest

from mendline.checks.sandbox.launcher import calls
from mendline.checks.sandbox.launcher.seccomp import program

ALLOWED = -1
X86, ARM = calls.ARCHITECTURES.values()
MACHINES = {X86: "x86_64", ARM: "aarch64"}


def decide(architecture: int, number: int, *arguments: int, apart: bool = False, machine: int | None = None) -> int:
    """Interpret the program; return the error number, or `ALLOWED`."""
    data = struct.pack("=iIQ6Q", number, machine or architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = program(MACHINES[architecture], apart=apart)
    value = at = 0
    while True:
        code, yes, no, constant = steps[at]
        at += 1
        match code:
            case 0x20:
                value = int(struct.unpack_from("=I", data, constant)[0])
            case 0x54:
                value &= constant
            case 0x15:
                at += yes if value == constant else no
            case 0x35:
                at += yes if value >= constant else no
            case 0x45:
                at += yes if value & constant else no
            case 0x06:
                return ALLOWED if constant == 0x7FFF0000 else constant & 0xFFFF


@pytest.mark.parametrize(
    ("architecture", "number", "arguments", "alone", "apart"),
    [
        (X86, 0, (), ALLOWED, ALLOWED),  # read
        (X86, 257, (), ALLOWED, ALLOWED),  # openat
        (X86, 101, (), errno.EPERM, errno.EPERM),  # ptrace
        (ARM, 117, (), errno.EPERM, errno.EPERM),
        (X86, 117, (), ALLOWED, ALLOWED),  # setresuid
        (X86, 425, (), errno.ENOSYS, errno.ENOSYS),  # io_uring_setup
        (X86, 435, (), errno.ENOSYS, errno.ENOSYS),  # clone3
        (X86, 56, (0x1200011,), ALLOWED, ALLOWED),  # clone, as fork has it
        (X86, 56, (0x10000011,), errno.EPERM, errno.EPERM),  # clone with a user namespace
        (X86, 56, (0x00000091,), errno.EPERM, errno.EPERM),  # clone with a time namespace
        (X86, 57, (), ALLOWED, ALLOWED),  # fork
        (X86, 41, (2, 1), errno.EACCES, ALLOWED),  # socket
        (ARM, 198, (1, 1), errno.EACCES, ALLOWED),
        (X86, 41, (40, 1), errno.EACCES, errno.EPERM),  # socket to the machine around a virtual one
        (X86, 41, (38, 5), errno.EACCES, errno.EPERM),  # socket of the kernel's ciphers
        (X86, 53, (1, 1 | 0o2000000), ALLOWED, ALLOWED),  # socketpair of streams
        (X86, 53, (1, 5), ALLOWED, ALLOWED),
        (X86, 53, (1, 2), errno.EPERM, ALLOWED),  # socketpair of datagrams
        (X86, 90, (), 0, ALLOWED),  # chmod
        (ARM, 53, (), 0, ALLOWED),  # fchmodat
        (X86, 16, (0, 0x5412), errno.EPERM, errno.EPERM),  # ioctl: TIOCSTI
        (X86, 16, (0, 0x15412 | 1 << 40), ALLOWED, ALLOWED),
        (X86, 16, (0, 1 << 40 | 0x5412), errno.EPERM, errno.EPERM),
        (X86, 16, (0, 0x401C5820), errno.EPERM, errno.EPERM),
        (X86, 16, (0, 0x5413), ALLOWED, ALLOWED),
        (X86, 302, (0, 3), ALLOWED, ALLOWED),  # prlimit64 of itself
        (X86, 302, (1, 3), errno.EPERM, ALLOWED),
        (X86, 141, (0, 0), ALLOWED, ALLOWED),  # setpriority of itself
        (X86, 141, (0, 1), errno.EPERM, ALLOWED),
        (X86, 141, (2, 0), errno.EPERM, ALLOWED),  # of all of a user's
        (X86, 251, (1, 0), ALLOWED, ALLOWED),  # ioprio_set of itself
        (X86, 251, (3, 0), errno.EPERM, ALLOWED),
        (X86, 0x40000000 | 41, (), errno.ENOSYS, errno.ENOSYS),  # x32's
    ],
)
def test_what_a_call_gets(architecture: int, number: int, arguments: tuple[int, ...], alone: int, apart: int) -> None:
    assert decide(architecture, number, *arguments) == alone
    assert decide(architecture, number, *arguments, apart=True) == apart


@pytest.mark.parametrize("architecture", [X86, ARM])
def test_calls_of_another_architecture_do_not_exist(architecture: int) -> None:
    assert decide(architecture, 41, machine=0x40000003) == errno.ENOSYS


@pytest.mark.parametrize("architecture", [X86, ARM])
def test_each_call_of_the_tables_is_refused(architecture: int) -> None:
    column = [X86, ARM].index(architecture)
    for table in (calls.ABSENT, calls.REFUSED, calls.SHARED, calls.PRETENDED):
        for name, numbers in table.items():
            if numbers[column]:
                assert decide(architecture, numbers[column]) != ALLOWED, name


def test_no_number_stands_for_two_calls() -> None:
    tables = (calls.ABSENT, calls.REFUSED, calls.SHARED, calls.PRETENDED, calls.ON_PROCESSES, calls.ON_GROUPS)
    for column in range(2):
        numbers = [each[column] for table in tables for each in table.values() if each[column]]
        assert len(numbers) == len(set(numbers))
