"""What is asked of an index and what it answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from attrs import frozen

from mendline.syntax.outline import Kind


@frozen
class Definition:
    """Something that a file of the workspace defines.

    Attributes:
        container, signature, doc: as in `syntax.outline.Symbol`.
        path: from the workspace's root, with forward slashes.
        line: the first one, decorators included, from 1.
    """

    name: str
    kind: Kind
    container: str
    signature: str
    doc: str
    path: str
    line: int
    language_id: str


@frozen
class Passage:
    """A definition, a part of a long one, or what stands between two, with words of what was asked for.

    Attributes:
        path: as in `Definition`.
        line: of its beginning, from 1.
        text: at most a few dozen lines, secrets masked.
        score: BM25; higher is nearer. Comparable within one search only.
    """

    path: str
    line: int
    text: str
    score: float


class SymbolIndex(Protocol):
    """What is known of a workspace's files. Answers are a moment old at most; without an index they are empty."""

    def definitions(self, names: Collection[str], *, limit: int = 20) -> tuple[Definition, ...]:
        """Definitions that are called exactly so, those at the top of a file first."""
        ...

    def in_file(self, path: str) -> tuple[Definition, ...]:
        """What a file defines, in its order."""
        ...

    def search(self, words: Sequence[str], *, limit: int = 8, exclude: str = "") -> tuple[Passage, ...]:
        """The passages nearest to some words, best first; identifiers also match by the words they are made of.

        Args:
            words: identifiers or words; the first 64 count.
            limit: the most passages.
            exclude: a file that is not searched.
        """
        ...

    def using(self, name: str, near: Sequence[str] = (), *, limit: int = 8, exclude: str = "") -> tuple[Passage, ...]:
        """The passages that have a name in them, those first that share most with some words.

        Args:
            name: an identifier; case doesn't matter. What is in very many passages is not looked for.
            near: identifiers or words; the first 64 count.
            limit: the most passages.
            exclude: a file that is not searched.
        """
        ...

    def knows(self, name: str) -> bool:
        """Whether a definition of that name exists anywhere in the workspace."""
        ...
