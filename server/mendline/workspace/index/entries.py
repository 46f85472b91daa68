"""What is kept of one file: its definitions, and the passages that are searched by their words."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from mendline.syntax.languages import Language
from mendline.syntax.outline import Symbol, outline
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.index.model import Definition
from mendline.workspace.index.passages import CALLED, Text, texts_of

PARSE_MS: Final = 1_000.0
"""Of processor time: who indexes gives way to everybody, and on a busy machine a second passes without any."""

_DEFINITIONS: Final = 2_000


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
    return Entry(definitions_of(path, tree, symbols), texts_of(path, tree, symbols))


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
        if each.kind in CALLED:
            function_end = each.range.end
    return tuple(found)
