"""Syntax trees as values: a document's text, parsed. Offsets in code points go in and come out, never bytes."""

from __future__ import annotations

import re
import time
from typing import Final

import tree_sitter
from attrs import field, frozen

from mendline.syntax.languages import Language
from mendline.syntax.parsing import Clock, parse
from mendline.text.document import Document, Edit, Range

PARSE_BUDGET_MS: Final = 500.0
EDIT_BUDGET_MS: Final = 100.0

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@frozen(eq=False)
class Tree:
    """The tree of one version of a document. It always parses: what is broken shows as ERROR and MISSING nodes.

    Attributes:
        language: what it was parsed as.
        document: the version that was parsed.
    """

    language: Language
    document: Document
    _source: bytes = field(repr=False)
    _parsed: tree_sitter.Tree = field(repr=False)

    @classmethod
    def parse(
        cls,
        document: Document,
        language: Language,
        budget_ms: float = PARSE_BUDGET_MS,
        clock: Clock = time.perf_counter,
    ) -> Tree | None:
        """Parse a whole document; None without a grammar or when `budget_ms` is used up, measured by `clock`."""
        source = _encode(document.text)
        parsed = parse(language, source, None, budget_ms, clock)
        return None if parsed is None else cls(language, document, source, parsed)

    def edited(
        self,
        edit: Edit,
        new_document: Document,
        budget_ms: float = EDIT_BUDGET_MS,
        clock: Clock = time.perf_counter,
    ) -> Tree | None:
        """The tree of `new_document`, which is this tree's document after `edit`, at the cost of what changed.

        Returns:
            The tree that a fresh parse would give, or None when `budget_ms`, measured by `clock`, is used up.

        Raises:
            ValueError: `new_document` can't be this tree's document after the edit.
        """
        return self.outdated(edit, new_document).parse(budget_ms, clock)

    def outdated(self, edit: Edit, new_document: Document) -> OutdatedTree:
        """As `edited`, with the parse put off: for a keystroke that must not wait for it.

        Raises:
            ValueError: as `edited`.
        """
        return OutdatedTree(self.language, self.document, self._source, self._parsed).edited(edit, new_document)

    @property
    def root(self) -> tree_sitter.Node:
        """The root node. Its bytes count in UTF-8: convert with `char_offset` or `range_of`."""
        return self._parsed.root_node

    def byte_offset(self, char_offset: int) -> int:
        """Where a code point of the document lies in the parsed bytes."""
        return self.document.byte_offset(char_offset)

    def char_offset(self, byte: int) -> int:
        """The offset, in code points, of the character that holds a parsed byte."""
        return self.document.offset_of_byte(byte)

    def range_of(self, node: tree_sitter.Node) -> Range:
        """What a node covers, in code points."""
        return Range(self.char_offset(node.start_byte), self.char_offset(node.end_byte))

    def text_of(self, node: tree_sitter.Node) -> str:
        """A node's source."""
        return self.document.text[self.char_offset(node.start_byte) : self.char_offset(node.end_byte)]


@frozen(eq=False)
class OutdatedTree:
    """A tree that was told of edits and has yet to be parsed again: cheap to carry along while the user types.

    Attributes:
        language: what it is parsed as.
        document: the version after the edits.
    """

    language: Language
    document: Document
    _source: bytes = field(repr=False)
    _told: tree_sitter.Tree = field(repr=False)

    def edited(self, edit: Edit, new_document: Document) -> OutdatedTree:
        """Tell of one more edit, which leads from `document` to `new_document`.

        Raises:
            ValueError: `new_document` can't be `document` after the edit.
        """
        if len(new_document.text) - len(self.document.text) != len(edit.text) - (edit.end - edit.start):
            raise ValueError("The new document is not the tree's document after the edit.")
        start, old_end = self.document.byte_offset(edit.start), self.document.byte_offset(edit.end)
        inserted = _encode(edit.text)
        at = self._point(edit.start, start)
        old_end_point = _advanced(at, self._source[start:old_end])
        told = self._told.copy()
        told.edit(start, old_end, start + len(inserted), at, old_end_point, _advanced(at, inserted))
        # Views spare a copy of the whole source.
        whole = memoryview(self._source)
        source = b"".join((whole[:start], inserted, whole[old_end:]))
        return OutdatedTree(self.language, new_document, source, told)

    def parse(self, budget_ms: float = EDIT_BUDGET_MS, clock: Clock = time.perf_counter) -> Tree | None:
        """The tree that a fresh parse of `document` would give, or None when `budget_ms`, by `clock`, is used up."""
        parsed = parse(self.language, self._source, self._told, budget_ms, clock)
        return None if parsed is None else Tree(self.language, self.document, self._source, parsed)

    def _point(self, char_offset: int, byte: int) -> tuple[int, int]:
        """tree-sitter's (row, column): rows break at line feeds only, columns are bytes."""
        column = byte - (self._source.rfind(b"\n", 0, byte) + 1)
        if b"\r" in self._source:
            return self._source.count(b"\n", 0, byte), column
        return self.document.line_at(char_offset), column


def _advanced(point: tuple[int, int], source: bytes) -> tuple[int, int]:
    """The point after some source that begins at `point`."""
    row, column = point
    breaks = source.count(b"\n")
    return (row + breaks, len(source) - source.rfind(b"\n") - 1) if breaks else (row, column + len(source))


def _encode(text: str) -> bytes:
    """UTF-8 of the same length as `Document.byte_offset` counts.

    Lone surrogates become U+FFFD, which takes as many bytes. NUL means the end of input to many external scanners,
    some of which then never advance: it becomes U+0001, which is no less an error in every language.
    """
    try:
        source = text.encode()
    except UnicodeEncodeError:
        source = _SURROGATE.sub("\ufffd", text).encode()
    return source.replace(b"\0", b"\1")
