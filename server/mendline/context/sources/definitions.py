"""Definitions elsewhere in the workspace: of names that stand near the cursor, and what reads alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from mendline.context.focus import Focus
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
_MOST_PASSAGE_LINES = 12
_LINES_ABOVE = 12
_HEADER_LINES = 3
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
_TEST = re.compile(r"(?:^|[/_.-])(?:tests?|specs?|conftest)(?:[/_.]|$)")
# Languages that use each other's definitions.
_FAMILIES = ({"javascript", "javascriptreact", "typescript", "typescriptreact"}, {"c", "cpp"})


def definitions(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """What the index knows of names near the cursor, then the passages nearest to the lines above it."""
    found = surroundings.index_for(focus.path)
    if found is None:
        return ()
    root, index = found
    here = _below(root, focus.path)
    return (*_by_name(focus, index, here), *_by_words(focus, index, here))


def _by_name(focus: Focus, index: SymbolIndex, here: str) -> Iterator[Piece]:
    """Signatures, those of the names that stand near most often first."""
    wanted = _Wanted.of(focus)
    if not wanted.names:
        return
    by_name: dict[str, list[Definition]] = {}
    for each in index.definitions(wanted.names, limit=_MOST_DEFINITIONS * _MOST_NAMESAKES):
        foreign = each.path == here or not _is_kin(focus.language_id, each.language_id)
        if not foreign and wanted.fits(each) and (_is_test(here) or not _is_test(each.path)):
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
    header = focus.around.split("\n")[:_HEADER_LINES]
    words = _NAME.findall(" ".join([*header, *document.line_texts(line - _LINES_ABOVE, line)]))
    if not words:
        return
    for each in index.search(tuple(dict.fromkeys(words)), limit=_MOST_PASSAGES + 1, exclude=here)[:_MOST_PASSAGES]:
        language = language_of("", each.path)
        if _is_test(each.path) and not _is_test(here):
            continue
        if each.path != here and language is not None and _is_kin(focus.language_id, language.id):
            text = "\n".join(each.text.rstrip().split("\n")[:_MOST_PASSAGE_LINES])
            yield Piece(each.path, text, each.line)


def _piece(each: Definition) -> Piece:
    closed = each.signature + (" ..." if each.signature.endswith(":") else "")
    if not each.container:
        return Piece(each.path, closed, each.line, echo=each.signature)
    # A member makes sense below what it is a member of.
    python = each.language_id == "python"
    indented = "\n".join(("    " if python else "  ") + line for line in closed.split("\n"))
    text = f"class {each.container}:\n{indented}" if python else f"{each.container} {{\n{indented}\n}}"
    return Piece(each.path, text, each.line, echo=each.signature)


def _is_test(path: str) -> bool:
    return _TEST.search(path) is not None


def _is_kin(one: str, other: str) -> bool:
    return one == other or any(one in family and other in family for family in _FAMILIES)


def _below(root: Path, path: Path | None) -> str:
    return path.relative_to(root).as_posix() if path is not None and path.is_relative_to(root) else ""
