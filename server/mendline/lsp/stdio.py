"""The protocol over standard input and output: framing, the message loop, and an end that always comes."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO

from attrs import define, field

from mendline.lsp.server import Server

logger = logging.getLogger(__name__)

GRACE_SECONDS = 1.5
"""How long an orderly end may take before the process is ended the hard way."""

MOST_BODY_BYTES = 512 * 1024 * 1024
_MOST_HEADER_BYTES = 64 * 1024
_READ_BYTES = 256 * 1024
_CONTENT_LENGTH = re.compile(rb"content-length\s*:\s*(\d{1,12})\s*$", re.IGNORECASE)


def serve(server: Server) -> int:
    """Speak LSP on this process's standard input and output until the end; return the exit status.

    0 after `shutdown`, 1 without. Standard output is set aside first: whatever else in this process writes to it
    goes to standard error instead of into the protocol.
    """
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    # What is there by now stays to the end: looking through it again and again would hold up keystrokes for nothing.
    gc.freeze()
    stdin, stdout = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    return asyncio.run(run(server, open(stdin, "rb", buffering=0), open(stdout, "wb")))


async def run(server: Server, stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Run the message loop over two binary files; return the exit status."""
    loop = asyncio.get_running_loop()
    inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
    watchdog = Watchdog(lambda: server.exit_status)

    def read() -> None:
        with contextlib.suppress(OSError):
            for body in bodies(lambda: stdin.read(_READ_BYTES)):
                loop.call_soon_threadsafe(inbox.put_nowait, body)
        # Should the loop be stuck, nobody would see the end of the input.
        watchdog.start()
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(inbox.put_nowait, None)

    server.attach(Writer(stdout, server.stop))
    # A daemon, because nothing can interrupt a thread that waits for input; and none of the shared pool's, because
    # the pool is waited for at the end of the process.
    threading.Thread(target=read, name="stdin", daemon=True).start()
    pump = asyncio.create_task(_pump(server, inbox))
    pump.add_done_callback(lambda _: server.stop())
    await server.stopped.wait()
    watchdog.start()
    pump.cancel()
    await server.aclose()
    return server.exit_status


async def _pump(server: Server, inbox: asyncio.Queue[bytes | None]) -> None:
    while (body := await inbox.get()) is not None:
        server.receive(body)
        # A handler that became a task takes its snapshot in its first step; it must run before the next message may
        # change the document.
        await asyncio.sleep(0)


def bodies(read: Callable[[], bytes | None]) -> Iterator[bytes]:
    """Split a stream into message bodies (base protocol, LSP 3.17).

    Lines that are no header are skipped, so that after garbage the next good message is found again.

    Args:
        read: returns the next bytes, none at the end.
    """
    buffer = bytearray()
    length: int | None = None
    while True:
        end = buffer.find(b"\n")
        if end < 0:
            if len(buffer) > _MOST_HEADER_BYTES:
                logger.warning("skipped %d bytes that are no header", len(buffer))
                buffer.clear()
            if not (more := read()):
                return
            buffer += more
            continue
        line = bytes(buffer[:end]).strip()
        del buffer[: end + 1]
        if line:
            length = _announced(line, length)
            continue
        if length is None:
            continue
        while len(buffer) < length:
            if not (more := read()):
                return
            buffer += more
        yield bytes(buffer[:length])
        del buffer[:length]
        length = None


def _announced(line: bytes, before: int | None) -> int | None:
    if found := _CONTENT_LENGTH.search(line):
        length = int(found[1])
        if length <= MOST_BODY_BYTES:
            return length
        logger.warning("skipped a message of %d bytes", length)
        return None
    if b":" not in line:
        logger.warning("skipped a line of %d bytes that is no header", len(line))
    return before


@define
class Writer:
    """Standard output as pygls wants a writer. An editor that is gone is no error; it ends the server."""

    _stdout: BinaryIO
    _lost: Callable[[], None]

    def write(self, data: bytes) -> None:
        """Send bytes at once."""
        try:
            self._stdout.write(data)
            self._stdout.flush()
        except (OSError, ValueError):
            self._lost()

    def close(self) -> None:
        """Do nothing: the file is the process's and goes with it."""


@define
class Watchdog:
    """Ends the process when its orderly end takes too long, whatever hangs: a thread, a native call, a lock."""

    _status: Callable[[], int]
    _timer: threading.Timer | None = field(default=None, init=False)

    def start(self) -> None:
        """Give the process `GRACE_SECONDS` from now; only the first call counts."""
        if self._timer is None:
            self._timer = threading.Timer(GRACE_SECONDS, lambda: os._exit(self._status()))
            self._timer.daemon = True
            self._timer.start()
