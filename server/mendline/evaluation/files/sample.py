"""Which positions are tried: spread over packages, a few in each file, in the order of the file."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from attrs import evolve, field, frozen

from mendline.evaluation.files.code import CodeFile, read_code
from mendline.evaluation.files.holes import Kind, holes
from mendline.features.completion import Trigger
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Range

_KINDS = (Kind.LINE, Kind.BLOCK, Kind.STATEMENT, Kind.BRACKETS, Kind.LINE, Kind.LINE, Kind.BLOCK, Kind.STATEMENT)
"""The kinds of the holes of one file: an engine has most of the next position's prompt in its cache."""
_PARSE_BUDGET_MS = 5000


@frozen
class Position:
    """A hole in a file, with the cursor at its start.

    Attributes:
        file: the file.
        text: the file's text, with nothing deleted.
        kind: what the hole is.
        hole: what is deleted, in code points of the text.
        trigger: how the suggestion is asked for.
    """

    file: CodeFile
    text: str = field(repr=False)
    kind: Kind
    hole: Range
    trigger: Trigger = Trigger.AUTOMATIC

    @property
    def key(self) -> str:
        """Its name among the results."""
        return f"{self.file.name}:{self.hole.start}-{self.hole.end}:{self.kind.value}:{self.trigger.value}"

    @property
    def document(self) -> str:
        """The text with the hole."""
        return self.text[: self.hole.start] + self.text[self.hole.end :]

    @property
    def deleted(self) -> str:
        """What stood in the hole."""
        return self.text[self.hole.start : self.hole.end]

    @property
    def following(self) -> str:
        """What stands after it."""
        return self.text[self.hole.end :]

    @property
    def place(self) -> str:
        """Where the cursor stands, as `mendline complete` would be told: lines and columns count from 1."""
        document = Document.of(self.text)
        line = document.line_at(self.hole.start)
        return f"{self.file.name}:{line + 1}:{self.hole.start - document.line_start(line) + 1}"


def draw_sample(files: Sequence[CodeFile], count: int, seed: int) -> tuple[Position, ...]:
    """Draw positions, as many for each language that there are files of; those of one file follow each other.

    Files are drawn package by package, so that one with thousands of files does not outweigh the others. The same
    files and seed give the same sample.

    Args:
        files: where positions may be.
        count: how many, of all languages together. There are fewer when all files are used up.
        seed: of the draw.
    """
    by_language: dict[str, list[CodeFile]] = defaultdict(list)
    for file in files:
        by_language[file.language].append(file)
    positions: list[Position] = []
    for number, (language, those) in enumerate(sorted(by_language.items())):
        share = count // len(by_language) + (number < count % len(by_language))
        draw = random.Random(f"{seed}:{language}")  # noqa: S311 - chance, no secret
        positions += itertools.islice(_positions(those, draw), share)
    turns = itertools.cycle((Trigger.AUTOMATIC, Trigger.INVOKED))
    return tuple(evolve(position, trigger=trigger) for position, trigger in zip(positions, turns, strict=False))


def fingerprint(sample: Sequence[Position]) -> str:
    """Return a SHA-256 that only the same positions in the same texts have."""
    digest = hashlib.sha256()
    for position in sample:
        digest.update(f"{position.key}\n".encode())
        digest.update(position.text.encode())
    return digest.hexdigest()


def _positions(files: Sequence[CodeFile], draw: random.Random) -> Iterator[Position]:
    seen: set[str] = set()
    for file in by_turns(files, lambda file: file.package, draw):
        text = read_code(file)
        if text is None or text in seen:
            continue
        seen.add(text)
        tree = Tree.parse(Document.of(text), file.grammar, _PARSE_BUDGET_MS)
        if tree is not None:
            yield from (Position(file, text, kind, hole) for kind, hole in holes(tree, _KINDS, draw))


def by_turns(files: Sequence[CodeFile], group: Callable[[CodeFile], str], draw: random.Random) -> Iterator[CodeFile]:
    """All files in an order drawn by chance, one of each group before one has its next turn."""
    groups: dict[str, list[CodeFile]] = defaultdict(list)
    for file in files:
        groups[group(file)].append(file)
    waiting = list(groups.values())
    draw.shuffle(waiting)
    for each in waiting:
        draw.shuffle(each)
    while waiting:
        for each in waiting:
            yield each.pop()
        waiting = [each for each in waiting if each]
