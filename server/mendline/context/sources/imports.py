"""Signatures of what the file imports.

The most telling first: what is imported and not used yet, for that is what is about to be; then what the definition
around the cursor uses; then the rest, in brief. Within each, the workspace's own before what is installed, and what is
used often before what is not. The ranking does not look at the cursor's line, so it stays while that is typed.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Iterator

from mendline.context.files import SourceFile
from mendline.context.focus import Focus
from mendline.context.lookup import Found, definition, module_path
from mendline.context.piece import Piece, of_symbol
from mendline.context.surroundings import Surroundings
from mendline.syntax.imports import Imported
from mendline.syntax.outline import Symbol

_MOST_LOOKED_UP = 80
_MOST_OF_MODULE = 40


class _Rank(enum.IntEnum):
    UNUSED = 0
    NEAR = 1
    ELSEWHERE = 2
    OFFERED = 3


def imports(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """The definitions behind the imports of the file, as far as they can be found; the most telling first."""
    ranked: list[tuple[_Rank, bool, int, Piece]] = []
    for name, found in _found(focus, surroundings):
        own = surroundings.is_own(found.file.path)
        for rank, symbol in _symbols(name, found, focus):
            if own or rank is not _Rank.OFFERED:
                uses = focus.near[symbol.name] + focus.elsewhere[symbol.name]
                ranked.append((rank, not own, -uses, _piece(found.file, symbol, surroundings, rank)))
    return tuple(piece for *_, piece in sorted(ranked, key=lambda each: each[:3]))


def _found(focus: Focus, surroundings: Surroundings) -> Iterator[tuple[Imported, Found]]:
    path = focus.path
    if path is None:
        return
    looked_up = 0
    for each in focus.imports:
        module = module_path(each.module, path, focus.language_id, surroundings) if not each.reexports else None
        if module is None or module == path:
            continue
        for name in each.names:
            looked_up += 1
            if looked_up > _MOST_LOOKED_UP:
                return
            found = definition("" if name.name == "*" else name.name, module, surroundings)
            if found is not None and found.file.path != path:
                yield name, found


def _symbols(name: Imported, found: Found, focus: Focus) -> Iterator[tuple[_Rank, Symbol]]:
    """What to show of what a name leads to."""
    if found.symbol is not None:
        yield _rank(name.alias, focus.near, focus.elsewhere, otherwise=_Rank.UNUSED), found.symbol
        return
    near, everywhere = focus.near, focus.elsewhere
    if name.alias != "*":
        attribute = re.compile(rf"(?<![\w.]){re.escape(name.alias)}\.(\w+)")
        near = Counter(attribute.findall(focus.around))
        everywhere = Counter(attribute.findall(focus.text))
    offered = 0
    for symbol in found.file.symbols:
        if symbol.container:
            continue
        rank = _rank(symbol.name, near, everywhere, otherwise=_Rank.OFFERED)
        if rank is _Rank.OFFERED and symbol.name.startswith("_"):
            continue
        offered += rank is _Rank.OFFERED
        if rank is not _Rank.OFFERED or offered <= _MOST_OF_MODULE:
            yield rank, symbol


def _rank(name: str, near: Counter[str], elsewhere: Counter[str], *, otherwise: _Rank) -> _Rank:
    return _Rank.NEAR if near[name] else _Rank.ELSEWHERE if elsewhere[name] else otherwise


def _piece(file: SourceFile, symbol: Symbol, surroundings: Surroundings, rank: _Rank) -> Piece:
    path, members = surroundings.shown(file.path), file.members(symbol.name)
    return of_symbol(path, symbol, members, language_id=file.language_id, brief=rank > _Rank.NEAR)
