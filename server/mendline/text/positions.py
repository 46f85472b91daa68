"""Units in which a client counts characters within a line."""

from __future__ import annotations

import enum


class PositionEncoding(enum.Enum):
    """What LSP's `character` counts, named as the protocol names it (LSP 3.17, `PositionEncodingKind`)."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def width(self, text: str) -> int:
        """How many of this encoding's units `text` takes; a lone surrogate takes what a character of its size would."""
        if self is PositionEncoding.UTF32 or text.isascii():
            return len(text)
        if self is PositionEncoding.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        return len(text.encode("utf-8", "surrogatepass"))

    def advance(self, text: str, start: int, end: int, units: int) -> int:
        """The furthest offset in [start, end] that lies at most `units` after `start`.

        A count that ends within a character gives that character's start. The cost is linear in the distance even
        for very long lines: each round halves what is left to look at.
        """
        units = max(units, 0)
        end = min(end, start + units)
        if self is PositionEncoding.UTF32 or text[start:end].isascii():
            return end
        while start < end:
            middle = (start + end + 1) // 2
            width = self.width(text[start:middle])
            if width <= units:
                start, units = middle, units - width
            else:
                end = middle - 1
        return start
