"""Runs a tool: no shell, a process group of its own, bounded in time and output, with nothing left when it is over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

from attrs import define, field, frozen

MOST_BYTES: Final = 8 * 2**20
"""The most that is read of what a tool says, output and errors each."""

_MOST_MEMORY: Final = 4 * 2**30
_GRACE_SECONDS: Final = 2.0
_KEPT: Final = (
    "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "CARGO_HOME", "RUSTUP_HOME", "JAVA_HOME",
    "GOROOT", "GOPATH", "GOMODCACHE", "SDKROOT", "DEVELOPER_DIR", "LD_LIBRARY_PATH",
)  # fmt: skip
_SET: Final = {
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "PYTHONDONTWRITEBYTECODE": "1",
    # Interpreters that tools start find no modules of the folder they are started in.
    "PYTHONSAFEPATH": "1",
}


def minimal_environment(**more: str) -> dict[str, str]:
    """The environment of tools: what they need to find their own files, and none of the user's keys and tokens."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PATH": os.pathsep.join(search_path()), **_SET, **more}


def search_path() -> tuple[str, ...]:
    """The folders of PATH; never one that depends on where a tool is started, as "." does."""
    return tuple(folder for folder in os.get_exec_path() if os.path.isabs(folder))


@frozen
class Command:
    """What is started.

    Attributes:
        argv: the program, as an absolute path, and its arguments.
        folder: where it is started.
        stdin: what it reads.
        environment: the whole of it.
        confinement: what bounds it, as reports have it; empty for what executes no code of a project.
    """

    argv: tuple[str, ...]
    folder: Path
    stdin: bytes = field(default=b"", repr=False)
    environment: Mapping[str, str] = field(factory=minimal_environment)
    confinement: str = ""


@frozen
class Finished:
    """What came of a command.

    Attributes:
        status: the exit status, negative for the signal that ended it; None where it could not be started, and then
            `stderr` says why.
        stdout, stderr: what it said.
        timed_out: whether it was ended because its time was over.
        truncated: whether it was ended because it said too much.
    """

    status: int | None
    stdout: bytes = b""
    stderr: bytes = b""
    timed_out: bool = False
    truncated: bool = False


async def run_process(command: Command, seconds: float, *, most_bytes: int = MOST_BYTES) -> Finished:
    """Run a command to its end, or for so many seconds. Cancelling the task ends it, and all that it started.

    Processes that leave the command's group, as daemons do, are out of reach; only a sandbox holds those.
    """
    loop = asyncio.get_running_loop()
    try:
        transport, said = await loop.subprocess_exec(
            lambda: _Said(most_bytes),
            *command.argv,
            cwd=command.folder,
            env=dict(command.environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return Finished(None, stderr=str(error).encode("utf-8", "replace"))
    timed_out = False
    try:
        if not command.confinement:  # a sandbox has bounds of its own
            _bound_memory(transport.get_pid())
        stdin = cast("asyncio.WriteTransport", transport.get_pipe_transport(0))
        stdin.write(command.stdin)
        stdin.close()
        async with asyncio.timeout(seconds):
            await said.over.wait()
    except TimeoutError:
        timed_out = True
    finally:
        await _end(transport, said)
    status = transport.get_returncode()
    killed = -signal.SIGKILL if status is None else status
    return Finished(killed, bytes(said.output), bytes(said.errors), timed_out, said.truncated)


def _bound_memory(pid: int) -> None:
    """Bound what a process and those that it will start may ask for, each, where the system can."""
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))


@define(eq=False)
class _Said(asyncio.SubprocessProtocol):
    """Gathers what a process says."""

    most_bytes: int
    output: bytearray = field(factory=bytearray, init=False)
    errors: bytearray = field(factory=bytearray, init=False)
    truncated: bool = field(default=False, init=False)
    over: asyncio.Event = field(factory=asyncio.Event, init=False)
    closed: asyncio.Event = field(factory=asyncio.Event, init=False)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Keep what there is room for."""
        into = self.output if fd == 1 else self.errors
        into += data[: self.most_bytes - len(into)]
        if len(into) >= self.most_bytes:
            self.truncated = True
            self.over.set()

    def process_exited(self) -> None:
        """The process is gone; what it said may still be on its way."""
        self.over.set()

    def connection_lost(self, _exc: Exception | None) -> None:
        """The process is gone and all it said is here."""
        self.closed.set()


async def _end(transport: asyncio.SubprocessTransport, said: _Said) -> None:
    """Kill the whole group, also of a process that is gone itself; wait until it is reaped and its pipes are read."""
    try:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(transport.get_pid(), signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):  # a daemon may hold the pipes open
                await said.closed.wait()
    finally:
        transport.close()
