"""Server-sent events, as far as streamed answers need them (the `data` of each event, nothing else).

Source: the HTML Living Standard, section 9.2 "Server-sent events".
"""

from __future__ import annotations

import re

MAX_EVENT_BYTES = 8 * 1024 * 1024
"""An event longer than this is no answer of a language model; a stream without line breaks must not fill memory."""

LINE_BREAK = re.compile(rb"\r\n|\n|\r")


class EventParser:
    """Turns pieces of a byte stream, cut anywhere, into the data of whole events."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0
        self._begun = False

    def feed(self, piece: bytes) -> list[str]:
        """Take in the next bytes and return the data of the events they complete.

        Raises:
            ValueError: an event is longer than `MAX_EVENT_BYTES`.
        """
        self._rest += piece
        if not self._begun and len(self._rest) >= 3:
            self._begun = True
            self._rest = self._rest.removeprefix(b"\xef\xbb\xbf")
        events: list[str] = []
        start = 0
        for found in LINE_BREAK.finditer(self._rest):
            # A \r at the very end may be the first half of a \r\n.
            if found.end() == len(self._rest) and found.group() == b"\r":
                break
            self._line(self._rest[start : found.start()], events)
            start = found.end()
        self._rest = self._rest[start:]
        if self._size + len(self._rest) > MAX_EVENT_BYTES:
            raise ValueError("an event of the stream is too long")
        return events

    def end(self) -> list[str]:
        """Return what the end of the stream completes; servers don't all send the empty line after the last event."""
        events: list[str] = []
        for line in LINE_BREAK.split(self._rest):
            self._line(line, events)
        self._rest = b""
        self._line(b"", events)
        return events

    def _line(self, line: bytes, events: list[str]) -> None:
        if not line:
            if self._data:
                events.append(b"\n".join(self._data).decode("utf-8", "replace"))
                self._data, self._size = [], 0
            return
        # A line that starts with a colon is a comment, which servers send to keep the connection open.
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(value)
