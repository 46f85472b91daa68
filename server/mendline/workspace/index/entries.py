"""What is kept of one file: its definitions, and the passages that are searched by their words."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from mendline.syntax.languages import Language
from mendline.syntax.outline import Kind, Symbol, outline
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.index.model import Definition

PARSE_MS: Final = 1_000.0
"""Of processor time: who indexes gives way to everybody, and on a busy machine a second passes without any."""

_PASSAGE_LINES: Final = 40
_PASSAGE_CHARS: Final = 1_600
_SHORTEST_PASSAGE: Final = 30
_PASSAGES: Final = 200
_DEFINITIONS: Final = 2_000
_TYPES: Final[tuple[Kind, ...]] = ("class", "interface", "enum")
_CALLED: Final[tuple[Kind, ...]] = ("function", "method")


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


@frozen
class Entry:
    """What is kept of one file."""

    definitions: tuple[Definition, ...]
    texts: tuple[Text, ...]


def entry_of(path: str, language: Language, text: str) -> Entry | None:
    """Read what is kept of a file; None where it can't be parsed in `PARSE_MS`.

    Args:
        path: from the workspace's root, with forward slashes.
        language: the file's.
        text: secrets masked already.
    """
    tree = Tree.parse(Document.of(text), language, PARSE_MS, time.thread_time)
    if tree is None:
        return None
    symbols = visible(outline(tree))
    return Entry(definitions_of(path, tree, symbols), tuple(_texts(path, tree, symbols)))


def definitions_of(path: str, tree: Tree, symbols: Iterable[Symbol]) -> tuple[Definition, ...]:
    """The definitions of a file from its outline."""
    document, language_id = tree.document, tree.language.id
    found = [
        Definition(
            each.name,
            each.kind,
            each.container,
            each.signature,
            each.doc,
            path,
            document.line_at(each.range.start) + 1,
            language_id,
        )
        for each in symbols
    ]
    return tuple(found[:_DEFINITIONS])


def visible(symbols: Iterable[Symbol]) -> tuple[Symbol, ...]:
    """The symbols that others can use: those within functions are nobody else's."""
    found: list[Symbol] = []
    function_end = -1
    for each in symbols:
        if each.range.end <= function_end:
            continue
        found.append(each)
        if each.kind in _CALLED:
            function_end = each.range.end
    return tuple(found)


def _texts(path: str, tree: Tree, symbols: tuple[Symbol, ...]) -> Iterator[Text]:
    """Functions and methods whole, types up to their first method; long ones are cut."""
    text = tree.document.text
    stem = path.rpartition("/")[2].partition(".")[0]
    count = 0
    for number, symbol in enumerate(symbols):
        end = symbol.range.end
        if symbol.kind in _TYPES:
            inner = (each.range.start for each in symbols[number + 1 : number + 200] if each.kind in _CALLED)
            end = min(next((start for start in inner if start < end), end), end)
        elif symbol.kind not in _CALLED or symbol.body is None:
            continue
        source = text[symbol.range.start : end].rstrip()
        if len(source) < _SHORTEST_PASSAGE:
            continue
        line = tree.document.line_at(symbol.range.start) + 1
        yield Text(line, f"{stem} {symbol.container} {symbol.name}", _cut(source))
        count += 1
        if count == _PASSAGES:
            return


def _cut(source: str) -> str:
    lines = source[:_PASSAGE_CHARS].split("\n")[:_PASSAGE_LINES]
    if len(source) > _PASSAGE_CHARS and len(lines) > 1 and len(lines) < _PASSAGE_LINES:
        lines.pop()  # it was cut in its middle
    return "\n".join(lines)
