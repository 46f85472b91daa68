"""A file as passages that are searched by their words: its definitions, and what stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from mendline.syntax.imports import imports_of
from mendline.syntax.outline import Kind, Symbol
from mendline.syntax.tree import Tree

TYPES: Final[tuple[Kind, ...]] = ("class", "interface", "enum")
CALLED: Final[tuple[Kind, ...]] = ("function", "method")

_LINES: Final = 40
_CHARS: Final = 1_600
_SHORTEST: Final = 30
_OF_ONE: Final = 6
_OF_FILE: Final = 240
_BREAK: Final = re.compile(r"\r\n?|\n")


@frozen
class Text:
    """A passage as it is kept.

    Attributes:
        line: of its beginning, from 1.
        head: words that it is found by besides its own: of its file, container and name.
        text: what is shown of it.
    """

    line: int
    head: str
    text: str


def texts_of(path: str, tree: Tree, symbols: tuple[Symbol, ...]) -> tuple[Text, ...]:
    """Functions and methods, types up to their first method, and the statements between what a file defines.

    What is longer than 40 lines or 1,600 characters is several passages, at most six. Imports are left out: they have
    the words of everything.

    Args:
        path: from the workspace's root, with forward slashes.
        tree: the file's.
        symbols: what others can use of it, in its order.
    """
    stem = path.rpartition("/")[2].partition(".")[0]
    text = tree.document.text
    found: list[Text] = []
    for head, start, end in _stretches(tree, symbols):
        found += _parts(tree, f"{stem} {head}", start, start + len(text[start:end].rstrip()))
        if len(found) >= _OF_FILE:
            break
    return tuple(found[:_OF_FILE])


def _stretches(tree: Tree, symbols: tuple[Symbol, ...]) -> Iterator[tuple[str, int, int]]:
    """The words that each is found by besides its own, and where it begins and ends, in code points."""
    at = 0
    breaks = [(each.range.start, each.range.end) for each in imports_of(tree)]
    for number, symbol in enumerate(symbols):
        if symbol.kind not in CALLED and symbol.kind not in TYPES:
            continue
        start, end = symbol.range.start, symbol.range.end
        if start >= at:
            yield from _between(tree, at, start, breaks)
        at = max(at, end)
        if symbol.kind in TYPES:
            inner = (each.range.start for each in symbols[number + 1 : number + 200] if each.kind in CALLED)
            end = min(next((first for first in inner if first < end), end), end)
        elif symbol.body is None:
            continue
        yield f"{symbol.container} {symbol.name}", start, end
    yield from _between(tree, at, len(tree.document.text), breaks)


def _between(tree: Tree, start: int, end: int, left_out: list[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    for first, last in left_out:
        if start <= first < end:
            yield "", start, first
            start = min(last, end)
    yield "", start, end


def _parts(tree: Tree, head: str, start: int, end: int) -> Iterator[Text]:
    """[start, end) in pieces of whole lines; none where it is too short to tell anything."""
    source = tree.document.text[start:end]
    start += len(source) - len(source.lstrip("\r\n"))
    if end - start < _SHORTEST:
        return
    line = tree.document.line_at(start)
    lines = _BREAK.split(tree.document.text[start:end])
    for _ in range(_OF_ONE):
        taken = _fitting(lines)
        part = "\n".join(lines[:taken])[:_CHARS].rstrip()
        if part.strip():
            yield Text(line + 1, head, part)
        line, lines = line + taken, lines[taken:]
        if not lines:
            return


def _fitting(lines: list[str]) -> int:
    """How many of the lines make one passage: one at least."""
    size = 0
    for number, line in enumerate(lines[:_LINES]):
        size += len(line) + 1
        if size > _CHARS and number:
            return number
    return min(_LINES, len(lines))
