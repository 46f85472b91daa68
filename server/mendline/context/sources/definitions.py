"""Definitions elsewhere in the workspace: of names that stand near the cursor, and what reads alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from mendline.context.focus import Focus
from mendline.context.kin import below, is_kin, is_test
from mendline.context.lines import likeness, opened_brackets, telling_words
from mendline.context.piece import Piece
from mendline.context.surroundings import Surroundings
from mendline.syntax.languages import language_of
from mendline.workspace.index.model import Definition, SymbolIndex

_MOST_NAMES = 48
_MOST_DEFINITIONS = 24
_MOST_NAMESAKES = 3
"""A name that is defined in more places than this, such as `get`, says too little."""
_LEAST_LETTERS = 4
_MOST_PASSAGES = 3
_MOST_PASSAGE_LINES = 10
_LINES_ABOVE = 12
_HEADER_LINES = 3
_LINES_ALIKE = 4
_NAME = re.compile(r"[^\W\d]\w*")
_CALLED = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*\(")
_CALLED_ON = re.compile(r"(?:\.|->|::)\s*([^\W\d]\w*)\s*\(")
_SET_HERE = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*(?:=(?!=)|:(?!:)|\bin\b)|(?:\bdef|\bfunction|\bclass)\s+([^\W\d]\w*)")
# Methods of the values that every program has tell nothing of a program's own.
_EVERYWHERE = frozenset({
    *dir(str), *dir(bytes), *dir(list), *dir(dict), *dir(set), "push", "map", "filter", "forEach", "reduce", "then",
    "catch", "slice", "concat", "indexOf", "includes", "toString", "charAt", "substring", "replaceAll", "unwrap",
    "expect", "clone", "iter", "collect", "into", "as_str", "to_string", "len", "size", "begin", "end", "close",
})  # fmt: skip


def definitions(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """What the index knows of names near the cursor, then the passages nearest to the lines above it."""
    found = surroundings.index_for(focus.path)
    if found is None:
        return ()
    root, index = found
    here = below(root, focus.path)
    return (*_by_name(focus, index, here), *_by_words(focus, index, here))


def _by_name(focus: Focus, index: SymbolIndex, here: str) -> Iterator[Piece]:
    """Signatures, those of the names that stand near most often first."""
    wanted = _Wanted.of(focus)
    if not wanted.names:
        return
    by_name: dict[str, list[Definition]] = {}
    for each in index.definitions(wanted.names, limit=_MOST_DEFINITIONS * _MOST_NAMESAKES):
        foreign = each.path == here or not is_kin(focus.language_id, each.language_id)
        if not foreign and wanted.fits(each) and (is_test(here) or not is_test(each.path)):
            by_name.setdefault(each.name, []).append(each)
    found = (by_name.get(name, ()) for name in wanted.names)
    told = [each for namesakes in found if len(namesakes) <= _MOST_NAMESAKES for each in namesakes]
    yield from map(_piece, told[:_MOST_DEFINITIONS])


@frozen
class _Wanted:
    """Names near the cursor that are defined elsewhere, as far as the way they are written tells.

    Attributes:
        names: those most frequent first.
        members: those among them that are called on something.
        others: those that stand for themselves, and are called or written as types are.
    """

    names: tuple[str, ...]
    members: frozenset[str]
    others: frozenset[str]

    @classmethod
    def of(cls, focus: Focus) -> _Wanted:
        known = {each.name for each in focus.symbols} | {name.alias for each in focus.imports for name in each.names}
        members = {name for name in _CALLED_ON.findall(focus.around) if name not in _EVERYWHERE}
        set_here = {name for found in _SET_HERE.findall(focus.around) for name in found}
        others = {name for name in _CALLED.findall(focus.around) if name not in set_here}
        others |= {name for name in focus.near if name[:1].isupper()}
        names = [name for name in members | others if len(name) >= _LEAST_LETTERS and name not in known]
        # Equally frequent ones by name, so that their order does not follow where they happen to stand.
        names.sort(key=lambda name: (-focus.near[name], name))
        return cls(tuple(names[:_MOST_NAMES]), frozenset(members), frozenset(others))

    def fits(self, each: Definition) -> bool:
        """Whether a definition is of the kind that its name is used as."""
        return each.name in (self.members if each.container else self.others)


def _by_words(focus: Focus, index: SymbolIndex, here: str) -> Iterator[Piece]:
    """Passages that share words with the definition around the cursor and the lines above it."""
    document = focus.snapshot.document
    line = document.line_at(focus.offset)
    above = [*focus.around.split("\n")[:_HEADER_LINES], *document.line_texts(line - _LINES_ABOVE, line)]
    words = _NAME.findall(" ".join(above))
    if not words:
        return
    wanted = telling_words(above)
    for each in index.search(tuple(dict.fromkeys(words)), limit=_MOST_PASSAGES + 1, exclude=here)[:_MOST_PASSAGES]:
        language = language_of("", each.path)
        if is_test(each.path) and not is_test(here):
            continue
        if each.path != here and language is not None and is_kin(focus.language_id, language.id):
            first, lines = _nearest_block(each.text.rstrip().split("\n"), wanted)
            yield Piece(each.path, "\n".join(lines), each.line + first)


def _nearest_block(lines: list[str], wanted: frozenset[str]) -> tuple[int, list[str]]:
    """The number of the line in a passage from which it reads most like what is wanted, and its block from there on.

    Lines in brackets begin none. What all lines of the block have as their margin is taken off.
    """
    starts = (number for number, depth in enumerate(_depths(lines)) if depth <= 0 and lines[number].strip())
    blocks = [(start, _block(lines, start)) for start in starts]
    start, block = max(blocks, key=lambda each: likeness(telling_words(each[1][:_LINES_ALIKE]), wanted))
    margin = _margin(block[0])
    return start, [line[margin:].rstrip() for line in block]


def _depths(lines: list[str]) -> Iterator[int]:
    """How many brackets are open where each line begins; those in strings count, too."""
    depth = 0
    for line in lines:
        yield depth
        depth += opened_brackets(line)


def _block(lines: list[str], start: int) -> list[str]:
    margin = _margin(lines[start])
    taken = lines[start : start + _MOST_PASSAGE_LINES]
    left = (number for number, line in enumerate(taken) if line.strip() and _margin(line) < margin)
    return taken[: next(left, len(taken))]


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _piece(each: Definition) -> Piece:
    closed = each.signature + (" ..." if each.signature.endswith(":") else "")
    if not each.container:
        return Piece(each.path, closed, each.line, echo=each.signature)
    # A member makes sense below what it is a member of.
    python = each.language_id == "python"
    indented = "\n".join(("    " if python else "  ") + line for line in closed.split("\n"))
    text = f"class {each.container}:\n{indented}" if python else f"{each.container} {{\n{indented}\n}}"
    return Piece(each.path, text, each.line, echo=each.signature)
