"""llama.cpp's shared library: loading it, its log, its abort flag.

This is one of three files that touch ctypes (`model` and `vocabulary` are the others); nothing outside them sees a
pointer.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define, field

from mendline.engine.errors import EngineUnavailable

_log = logging.getLogger("mendline.engine.llama")

LEVEL_WARN = 3
LEVEL_ERROR = 4
LEVEL_CONTINUED = 5

_ENVIRONMENT = {
    # How long OpenMP's threads spin for each other before they sleep; some tens of microseconds. By default they spin
    # for seconds: as soon as another program wants a core (a compiler, a test run), the spinning thread keeps it from
    # the one it waits for, and a decode step takes ten times as long or more. Sleeping at once (the "passive" policy)
    # makes an idle machine up to four times slower. Measured.
    "GOMP_SPINCOUNT": "1000",
    # Without it a failed assertion in llama.cpp starts a debugger on this process before it ends it.
    "GGML_NO_BACKTRACE": "1",
}
"""Variables that libraries read while they are loaded; what the user has set stays."""


@functools.cache
def library() -> Any:
    """Return llama-cpp-python's module of C functions, loading it at the first call.

    Raises:
        EngineUnavailable: the package is not installed, or its shared library does not load on this machine.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import llama_cpp.llama_cpp as lib  # noqa: PLC0415 - see the package's invariant
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineUnavailable(
            f"llama.cpp could not be loaded ({_one_line(error)}); "
            "reinstall it with `pip install --force-reinstall --no-cache-dir llama-cpp-python`"
        ) from error
    _Log.install(lib)
    lib.llama_backend_init()
    return lib


class AbortFlag:
    """A flag that stops llama.cpp within one operation of its compute graph (on the CPU backend).

    llama.cpp asks its abort callback before each operation, about a thousand times a decode step. A callback written
    in Python would take the interpreter lock each time and stall behind whatever else this process does. C's
    `strlen` has the shape that is needed: applied to a buffer that holds "" or "x" it answers 0 or 1.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(2)

    def set(self) -> None:
        """Make the running computation, and each one after it, return early. Any thread may call this."""
        self._buffer[0] = b"x"

    def clear(self) -> None:
        """Let computations run again."""
        self._buffer[0] = b"\0"

    def callback(self, lib: Any) -> tuple[Any, int]:
        """Return llama.cpp's `abort_callback` and its data. The flag must outlive the context that uses them."""
        libc = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
        return ctypes.cast(libc.strlen, lib.ggml_abort_callback), ctypes.addressof(self._buffer)


@define
class Journal:
    """The log lines llama.cpp wrote in this thread while the journal was open."""

    lines: list[tuple[int, str]] = field(factory=list)

    def reason(self) -> str:
        """Return the most telling error: the first one, since those after it only say that something failed."""
        for wanted in (LEVEL_ERROR, LEVEL_WARN):
            for level, line in self.lines:
                if level == wanted:
                    return line.split(": ", 1)[-1] if ": " in line else line
        return "no reason given"


@contextmanager
def journal() -> Iterator[Journal]:
    """Collect what llama.cpp logs in the calling thread."""
    opened = Journal()
    thread = threading.get_ident()
    outer = _Log.journals.get(thread)
    _Log.journals[thread] = opened
    try:
        yield opened
    finally:
        if outer is None:
            del _Log.journals[thread]
        else:
            _Log.journals[thread] = outer


class _Log:
    """Routes llama.cpp's log to `logging`; nothing goes to stdout or stderr.

    The callback object is kept for the life of the process: llama.cpp calls it at any time, and a collected one
    crashes the process.
    """

    callback: Any = None
    journals: dict[int, Journal] = {}  # noqa: RUF012 - one log a process, as in llama.cpp
    _pending: dict[int, tuple[int, str]] = {}  # noqa: RUF012

    @classmethod
    def install(cls, lib: Any) -> None:
        cls.callback = lib.llama_log_callback(cls._receive)
        lib.llama_log_set(cls.callback, None)

    @classmethod
    def _receive(cls, level: int, text: bytes, _data: int | None) -> None:
        thread = threading.get_ident()
        first_level, start = cls._pending.pop(thread, (level, ""))
        if level != LEVEL_CONTINUED and start:
            cls._write(thread, first_level, start)
            first_level, start = level, ""
        line = start + text.decode("utf-8", "replace")
        if line.endswith("\n"):
            cls._write(thread, first_level, line.rstrip())
        elif line:
            cls._pending[thread] = (first_level, line)

    @classmethod
    def _write(cls, thread: int, level: int, line: str) -> None:
        opened = cls.journals.get(thread)
        if opened is not None:
            opened.lines.append((level, line))
        _log.debug("%s", line)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
