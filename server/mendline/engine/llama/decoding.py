"""From tokens' bytes to text that may be shown: whole characters, and nothing of a stop text."""

from __future__ import annotations

import codecs
from collections.abc import Iterable


class TextStream:
    """Joins the bytes of successive tokens into text and ends it before the first stop text.

    Attributes:
        stopped: whether a stop text has been met; nothing comes out after it.
    """

    def __init__(self, stop: Iterable[str] = ()) -> None:
        self._stop = tuple(text for text in stop if text)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.stopped = False

    def feed(self, data: bytes) -> tuple[str, str]:
        """Take a token's bytes.

        Returns:
            The text they complete, and the text that may be shown now. What may turn out to be the beginning of a
            stop text is held back until it is decided; bytes that are no character at all become U+FFFD.
        """
        text = self._decoder.decode(data)
        if self.stopped:
            return text, ""
        self._held += text
        found = [at for stop in self._stop if (at := self._held.find(stop)) >= 0]
        if found:
            self.stopped = True
            shown, self._held = self._held[: min(found)], ""
            return text, shown
        keep = _possible_start(self._held, self._stop)
        shown = self._held[: len(self._held) - keep]
        self._held = self._held[len(shown) :]
        return text, shown

    def finish(self) -> str:
        """Return what was held back and is no stop text after all. An incomplete character is dropped."""
        held, self._held = self._held, ""
        return held


def _possible_start(text: str, stops: tuple[str, ...]) -> int:
    """Return the length of the longest end of `text` that a stop text starts with."""
    longest = 0
    for stop in stops:
        for length in range(min(len(stop) - 1, len(text)), longest, -1):
            if stop.startswith(text[-length:]):
                longest = length
                break
    return longest
