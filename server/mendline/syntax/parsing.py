"""One call into tree-sitter, bounded in time.

tree-sitter (Python binding 0.26) asks a progress callback every hundred steps of the parser, and only when the
source is read through a callback. It does not ask while the lexer is inside one token, and a token may be megabytes
long: so the source is also handed out in pieces, and ends early when the time is over.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

import tree_sitter
from attrs import define

from mendline.syntax.grammars import grammar_of
from mendline.syntax.hazards import is_hazardous
from mendline.syntax.languages import Language

Clock = Callable[[], float]

_PIECE_BYTES: Final = 16 * 1024
_local = threading.local()


def parse(
    language: Language, source: bytes, old: tree_sitter.Tree | None, budget_ms: float, clock: Clock = time.perf_counter
) -> tree_sitter.Tree | None:
    """Parse UTF-8 source, reusing an old tree that was told of the edits.

    Args:
        language: the source's.
        source: the whole text.
        old: the tree of an earlier one.
        budget_ms: how long it may take, in milliseconds.
        clock: tells the time, in seconds, by which that is measured.

    Returns:
        The tree, or None without a grammar, when the budget (milliseconds) is used up, or for source that would crash
        the grammar.
    """
    parser = _parser(language)
    if parser is None or is_hazardous(language, source):
        return None
    reading = _Reading(source, clock, clock() + budget_ms / 1000)
    try:
        # The binding's stub allows None for the old tree, the binding does not.
        tree = (
            parser.parse(reading.read, progress_callback=reading.is_over)
            if old is None
            else parser.parse(reading.read, old, progress_callback=reading.is_over)
        )
    except ValueError:  # How the binding reports a parse that the progress callback ended.
        parser.reset()
        return None
    reading.deadline = math.inf
    return None if reading.expired else tree


@define
class _Reading:
    """The source on its way into the parser. The tree keeps it, and reads it again when asked for a node's text."""

    source: bytes
    clock: Clock
    deadline: float
    expired: bool = False

    def read(self, byte: int, _point: object) -> bytes:
        """A piece of the source from `byte` on; empty at its end, and when the time is over.

        A piece never ends within a character: the lexer crashes if the input ends there. And it is `bytes`, since
        the binding crashes on any other buffer when it is asked for a node's text.
        """
        if self.is_over(byte, False):
            return b""
        end = byte + _PIECE_BYTES
        if end >= len(self.source):
            return self.source[byte:]
        while self.source[end] & 0xC0 == 0x80:
            end -= 1
        return self.source[byte:end]

    def is_over(self, _byte: int, _has_error: bool) -> bool:
        """Whether the parser has to stop."""
        if self.clock() > self.deadline:
            self.expired = True
        return self.expired


def _parser(language: Language) -> tree_sitter.Parser | None:
    """This thread's parser for a language: parsers hold state between calls, so threads can't share them."""
    parsers: dict[str, tree_sitter.Parser] = _local.__dict__.setdefault("parsers", {})
    found = parsers.get(language.id)
    if found is None:
        grammar = grammar_of(language)
        if grammar is None:
            return None
        found = parsers[language.id] = tree_sitter.Parser(grammar)
    return found
