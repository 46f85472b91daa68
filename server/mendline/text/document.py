"""Documents as values: an edit makes a new one, so whoever holds one sees it unchanged for ever."""

from __future__ import annotations

from attrs import field, frozen

from mendline.text.lines import LineIndex, split_lines
from mendline.text.positions import PositionEncoding
from mendline.text.secrets import mask_around


@frozen
class Range:
    """A stretch of a document, [start, end) in code points."""

    start: int
    end: int

    def __attrs_post_init__(self) -> None:
        _require_order(self.start, self.end)


@frozen
class Edit:
    """Replace the code points [start, end) by `text`."""

    start: int
    end: int
    text: str

    def __attrs_post_init__(self) -> None:
        _require_order(self.start, self.end)


@frozen
class Document:
    r"""An immutable text with an index of its lines.

    Lines break at `\r\n`, `\n` and `\r` only, as LSP has it; never at form feeds or Unicode separators. Offsets count
    code points. Lookups clamp what lies outside the document to its nearest end.
    """

    text: str
    _lines: LineIndex = field(eq=False, repr=False)

    @classmethod
    def of(cls, text: str) -> Document:
        """Index `text`; costs one pass over it."""
        return cls(text, LineIndex.of(text))

    @property
    def line_count(self) -> int:
        """Lines, at least 1: a document that ends in a line break has an empty last line."""
        return self._lines.line_count

    def line_start(self, line: int) -> int:
        """The offset at which a line begins."""
        return self._lines.start_of(min(max(line, 0), self.line_count - 1))

    def line_end(self, line: int) -> int:
        """The offset at which a line ends, its line break not included."""
        if line >= self.line_count - 1:
            return len(self.text)
        start = self.line_start(line)
        end = self.line_start(max(line, 0) + 1) - 1
        return end - 1 if end > start and self.text[end - 1 : end + 1] == "\r\n" else end

    def line_text(self, line: int) -> str:
        """A line without its break."""
        return self.text[self.line_start(line) : self.line_end(line)]

    def line_texts(self, start: int, end: int) -> list[str]:
        """The lines [start, end) without their breaks, as far as there are such lines."""
        start, end = max(start, 0), min(end, self.line_count)
        return split_lines(self.text[self.line_start(start) : self.line_end(end - 1)]) if start < end else []

    def line_at(self, offset: int) -> int:
        r"""The line that holds an offset; between `\r` and `\n` is still the line they end."""
        return self._lines.line_at(min(max(offset, 0), len(self.text)))

    def offset_at(self, line: int, character: int, encoding: PositionEncoding) -> int:
        """The offset of an LSP position.

        As LSP 3.17 wants it: past the end of a line is the line's end, past the last line is the document's end. A
        position within a character is that character's start.
        """
        if line >= self.line_count:
            return len(self.text)
        if line < 0:
            return 0
        return encoding.advance(self.text, self.line_start(line), self.line_end(line), character)

    def position_at(self, offset: int, encoding: PositionEncoding) -> tuple[int, int]:
        r"""An offset's LSP position (line, character); an offset between `\r` and `\n` is the end of its line."""
        line = self.line_at(offset)
        start = self.line_start(line)
        return line, encoding.width(self.text[start : max(start, min(offset, self.line_end(line)))])

    def byte_offset(self, offset: int) -> int:
        """Where a code point lies in the text's UTF-8 form, lone surrogates counted as three bytes."""
        offset = min(max(offset, 0), len(self.text))
        return offset if self.text.isascii() else self._lines.byte_offset(self.text, offset)

    def offset_of_byte(self, byte: int) -> int:
        """The offset of the character that holds a byte of the text's UTF-8 form; the way back from `byte_offset`."""
        byte = max(byte, 0)
        return min(byte, len(self.text)) if self.text.isascii() else self._lines.offset_of_byte(self.text, byte)

    def masked(self, offset: int) -> Document:
        """The document with the secrets around an offset masked (`text.secrets`); all offsets mean the same in it.

        Returns:
            The document itself when there are none.
        """
        text = mask_around(self.text, offset)
        return self if text is self.text else Document(text, self._lines)

    def apply(self, edit: Edit) -> Document:
        """The document after an edit. The line index is carried over but for the lines around the edit.

        Raises:
            ValueError: the edit reaches past the end of the document.
        """
        if edit.end > len(self.text):
            raise ValueError(f"The edit ends at {edit.end}, the document at {len(self.text)}.")
        text = f"{self.text[: edit.start]}{edit.text}{self.text[edit.end :]}"
        return Document(text, self._lines.edited(text, edit.start, edit.end, len(edit.text)))


def _require_order(start: int, end: int) -> None:
    if not 0 <= start <= end:
        raise ValueError(f"A range needs 0 <= start <= end, not [{start}, {end}).")
