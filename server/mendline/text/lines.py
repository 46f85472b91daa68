r"""Where the lines of a text begin, kept so that an edit costs the same in a file of any length.

The starts are held in blocks of some hundred lines, relative to their block. An edit rebuilds the blocks that it
touches and shares all others, so what is left to do is proportional to the number of blocks.

Invariant: every block begins at the start of a line. A `\r\n` never lies across two blocks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final

from attrs import define

from mendline.text.positions import PositionEncoding

_LINES_PER_BLOCK: Final = 256
_BREAK: Final = re.compile(r"\r\n?|\n")


@define(eq=False)
class _Block:
    """Consecutive lines: their starts relative to the first, and the length of all in code points.

    The length in UTF-8 is looked up late and kept (`bytes`, None before), since most texts are ASCII and never ask.
    """

    starts: list[int]
    length: int
    bytes: int | None = None


@define(eq=False)
class LineIndex:
    """The starts of a text's lines. The text itself is held by who holds the index, and handed in where needed.

    Immutable to its users; what is looked up late is kept in place, whole or not at all, so threads may share it.
    """

    _blocks: tuple[_Block, ...]
    _first_lines: list[int]
    _first_offsets: list[int]
    _first_bytes: list[int] | None = None

    @classmethod
    def of(cls, text: str) -> LineIndex:
        """Index a whole text."""
        return cls._from(tuple(_blocks_of(text)))

    @classmethod
    def _from(cls, blocks: tuple[_Block, ...]) -> LineIndex:
        lines = list(accumulate((len(block.starts) for block in blocks), initial=0))
        offsets = list(accumulate((block.length for block in blocks), initial=0))
        return cls(blocks, lines, offsets)

    @property
    def line_count(self) -> int:
        """Lines, at least 1."""
        return self._first_lines[-1]

    def start_of(self, line: int) -> int:
        """The offset at which a line begins, for 0 <= line < line_count."""
        at = bisect_right(self._first_lines, line) - 1
        return self._first_offsets[at] + self._blocks[at].starts[line - self._first_lines[at]]

    def line_at(self, offset: int) -> int:
        """The line that holds an offset within the text or at its end."""
        at = self._block_at(offset)
        return self._first_lines[at] + bisect_right(self._blocks[at].starts, offset - self._first_offsets[at]) - 1

    def edited(self, text: str, start: int, end: int, inserted: int) -> LineIndex:
        r"""The index of `text`, which had [start, end) replaced by `inserted` code points.

        Looks again at the block before the edit, since a `\r` there may gain or lose its `\n`, through to the block
        that holds the first code point after it.
        """
        first = self._block_at(max(start - 1, 0))
        last = self._block_at(end)
        if sum(len(block.starts) for block in self._blocks[first : last + 1]) < _LINES_PER_BLOCK // 4:
            last = min(last + 1, len(self._blocks) - 1)
        moved = inserted - (end - start)
        fresh = _blocks_of(text[self._first_offsets[first] : self._first_offsets[last + 1] + moved])
        if last + 1 < len(self._blocks):
            fresh = _without_open_line(fresh)
        return self._from((*self._blocks[:first], *fresh, *self._blocks[last + 1 :]))

    def byte_offset(self, text: str, offset: int) -> int:
        """Where an offset lies in the text's UTF-8 form."""
        at = self._block_at(offset)
        return self._bytes(text)[at] + PositionEncoding.UTF8.width(text[self._first_offsets[at] : offset])

    def offset_of_byte(self, text: str, byte: int) -> int:
        """The offset of the character that holds a byte of the text's UTF-8 form; past the end is the end."""
        starts = self._bytes(text)
        at = min(bisect_right(starts, byte) - 1, len(self._blocks) - 1)
        begin, end = self._first_offsets[at], self._first_offsets[at + 1]
        return PositionEncoding.UTF8.advance(text, begin, end, byte - starts[at])

    def _block_at(self, offset: int) -> int:
        return min(bisect_right(self._first_offsets, offset) - 1, len(self._blocks) - 1)

    def _bytes(self, text: str) -> list[int]:
        """The byte at which each block begins, and the length of all in bytes."""
        if self._first_bytes is None:
            for block, begin in zip(self._blocks, self._first_offsets, strict=False):
                if block.bytes is None:
                    block.bytes = PositionEncoding.UTF8.width(text[begin : begin + block.length])
            self._first_bytes = list(accumulate((block.bytes or 0 for block in self._blocks), initial=0))
        return self._first_bytes


def split_lines(text: str) -> list[str]:
    """Cut a text at its line breaks, at least one line."""
    return _BREAK.split(text) if "\r" in text else text.split("\n")


def _blocks_of(text: str) -> list[_Block]:
    """Cut a text into blocks. The last one holds the line after the last break, even when it is empty."""
    starts = _starts(text)
    if len(starts) <= 2 * _LINES_PER_BLOCK:
        return [_Block(starts, len(text))]
    blocks = []
    for at in range(0, len(starts), _LINES_PER_BLOCK):
        begin = starts[at]
        end = starts[at + _LINES_PER_BLOCK] if at + _LINES_PER_BLOCK < len(starts) else len(text)
        blocks.append(_Block([start - begin for start in starts[at : at + _LINES_PER_BLOCK]], end - begin))
    return blocks


def _starts(text: str) -> list[int]:
    if "\r" in text:
        return [0, *(match.end() for match in _BREAK.finditer(text))]
    starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
    starts.pop()
    return starts


def _without_open_line(blocks: list[_Block]) -> list[_Block]:
    """Blocks of a text that ends in a line break and goes on: the empty line after the break is the next block's."""
    blocks[-1].starts.pop()
    if not blocks[-1].starts:
        blocks.pop()
    return blocks
