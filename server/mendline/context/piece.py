"""The smallest part of related code: one definition, one passage, one edit."""

from __future__ import annotations

from attrs import frozen

from mendline.syntax.languages import Blocks, language_of
from mendline.syntax.outline import Symbol

_MOST_MEMBERS = 12
_MOST_FIELDS = 6
_MOST_DOC = 80
_MOST_BRIEF = 160
_CALLED = ("__init__", "__call__", "constructor")


@frozen
class Piece:
    """A part that is taken or left as a whole, except that one which is too long may lose its last lines.

    Attributes:
        path: the file it is from, as the model shall read it; pieces of one path are shown together.
        text: whole lines, without a break at the end.
        line: where it stands in its file, for the order among the pieces of a path.
        echo: what would stand in the window if the piece were a duplicate of it; empty means `text`.
    """

    path: str
    text: str
    line: int = 0
    echo: str = ""


def of_symbol(
    path: str, symbol: Symbol, members: tuple[Symbol, ...] = (), *, language_id: str, brief: bool = False
) -> Piece:
    """Show a definition by its signature, and those of its members as they are indented in its language.

    Args:
        path: its file, as the model shall read it.
        symbol: the definition.
        members: what is defined in it, in order; private ones and those past the twelfth are left out.
        language_id: the file's language.
        brief: whether only what makes one is shown of the members, and no documentation.
    """
    python = language_id == "python"
    public = [each for each in members if _is_public(each)]
    shown = _makers(public) if brief else public[:_MOST_MEMBERS]
    language = language_of(language_id)
    braces = shown != [] and language is not None and language.blocks is Blocks.BRACES
    lines = [symbol.signature + (" {" if braces else "") if shown else _closed(symbol, python=python)]
    if symbol.doc and not brief:
        words = symbol.doc if len(symbol.doc) <= _MOST_DOC else f"{symbol.doc[: _MOST_DOC - 3].rstrip()}..."
        if not python:
            marker = language.line_comment if language is not None else None
            lines[:0] = [f"{marker} {words}"] if marker else []
        elif symbol.body is not None:
            lines = [symbol.signature, f'    """{words}"""']
    indent = "    " if python else "  "
    for member in shown:
        lines += [indent + line for line in _closed(member, python=python).split("\n")]
    if braces:
        lines.append("}")
    if brief:
        lines = [line if len(line) <= _MOST_BRIEF else f"{line[: _MOST_BRIEF - 3].rstrip()}..." for line in lines]
    return Piece(path, "\n".join(lines), symbol.range.start, echo=symbol.signature)


def _makers(members: list[Symbol]) -> list[Symbol]:
    """The constructor, else the fields, which stand for one where it is generated."""
    constructors = [each for each in members if each.name in _CALLED]
    fields = [each for each in members if each.kind in ("variable", "constant")]
    return constructors or fields[:_MOST_FIELDS]


def _closed(symbol: Symbol, *, python: bool) -> str:
    return f"{symbol.signature} ..." if python and symbol.signature.endswith(":") else symbol.signature


def _is_public(symbol: Symbol) -> bool:
    private = symbol.name.startswith(("_", "#")) or symbol.signature.startswith(("private ", "protected "))
    return not private or symbol.name in _CALLED
