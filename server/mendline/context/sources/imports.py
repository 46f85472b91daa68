"""Signatures of what the file imports.

The most telling first: what is imported and not used yet, for that is what is about to be; then what the definition
around the cursor uses; then the rest, in brief. Within each, the workspace's own before what is installed, and what is
used often before what is not. The ranking does not look at the cursor's line, so it stays while that is typed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mendline.context.files import SourceFile
from mendline.context.focus import Focus
from mendline.context.imported import Rank, imported
from mendline.context.lookup import Found
from mendline.context.piece import Piece, of_symbol
from mendline.context.surroundings import Surroundings
from mendline.syntax.imports import Imported
from mendline.syntax.outline import Symbol

_MOST_OF_MODULE = 40


def imports(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """The definitions behind the imports of the file, as far as they can be found; the most telling first."""
    ranked: list[tuple[Rank, bool, int, Piece]] = []
    for name, found in imported(focus, surroundings):
        own = surroundings.is_own(found.file.path)
        for rank, symbol in _symbols(name, found, focus):
            if own or rank is not Rank.OFFERED:
                uses = focus.near[symbol.name] + focus.elsewhere[symbol.name]
                ranked.append((rank, not own, -uses, _piece(found.file, symbol, surroundings, rank)))
    return tuple(piece for *_, piece in sorted(ranked, key=lambda each: each[:3]))


def _symbols(name: Imported, found: Found, focus: Focus) -> Iterator[tuple[Rank, Symbol]]:
    """What to show of what a name leads to."""
    if found.symbol is not None:
        yield Rank.of(name.alias, focus.near, focus.elsewhere, otherwise=Rank.UNUSED), found.symbol
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
        rank = Rank.of(symbol.name, near, everywhere, otherwise=Rank.OFFERED)
        if rank is Rank.OFFERED and symbol.name.startswith("_"):
            continue
        offered += rank is Rank.OFFERED
        if rank is not Rank.OFFERED or offered <= _MOST_OF_MODULE:
            yield rank, symbol


def _piece(file: SourceFile, symbol: Symbol, surroundings: Surroundings, rank: Rank) -> Piece:
    path, members = surroundings.shown(file.path), file.members(symbol.name)
    return of_symbol(path, symbol, members, language_id=file.language_id, brief=rank > Rank.NEAR)
