"""The order of a notebook's cells, whose texts are documents of their own, and what in a cell is no Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from attrs import define, frozen

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_CELL_MAGIC: Final = re.compile(r"\s*%%(\w+)")
_MAGIC: Final = re.compile(r"([ \t]*)(?:%(?=[%\w])|!(?=[^\r\n])|\?(?=\??[%\w]))")
_QUESTION: Final = re.compile(r"([ \t]*)[%\w.*]+(?:\[[^\]\r\n]*\])?\?\??[ \t]*(?:[\r\n]|\Z)")
_ASSIGNED: Final = re.compile(r"[ \t]*\w[\w., \t\[\]'\"]*=[ \t]*(?=[%!]\S)")
_LEXEME: Final = re.compile(r"""#.*|\"{3}|'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()\[\]{}]""")
_TRIPLE: Final = ('"' * 3, "'" * 3)
_ABOUT_PYTHON: Final = frozenset({"capture", "debug", "memit", "prun", "time", "timeit"})
"""Magics of a whole cell that run its Python."""


@frozen
class Cell:
    """A cell's document and whether it is code."""

    uri: str
    is_code: bool


@define
class Notebook:
    """A notebook's cells, in order.

    Attributes:
        path: the notebook's file; None when it is in none.
    """

    path: str | None
    cells: list[Cell]

    def code_before(self, uri: str) -> list[str]:
        """Return the documents of the code cells before this one; all of them when it is no cell of the notebook."""
        before: list[str] = []
        for cell in self.cells:
            if cell.uri == uri:
                break
            if cell.is_code:
                before.append(cell.uri)
        return before

    def splice(self, start: int, deleted: int, cells: Sequence[Cell]) -> None:
        """Replace a run of cells; a run that reaches past the end stops there."""
        self.cells[start : start + deleted] = cells

    def retype(self, cell: Cell) -> None:
        """Replace the cell that has the same document."""
        self.cells = [cell if each.uri == cell.uri else each for each in self.cells]


def is_foreign(text: str) -> bool:
    """Whether a Python cell's text is in another language, or for another program: `%%bash`, `%%html`."""
    found = _CELL_MAGIC.match(text)
    return found is not None and found[1] not in _ABOUT_PYTHON


def without_magics(text: str) -> str:
    """Return a Python cell's text without commands to the notebook (`%cd`, `!ls`, `%%time`, `?name`), at equal length.

    Comments stand in their place, and numbers where something has to stand.
    """
    kept: list[str] = []
    python, goes_on = _Reader(), False
    for found in _LINE.finditer(text):
        line = found[0]
        if goes_on:
            magic: str | None = "#" + line[1:] if line.strip() else line
        else:
            magic = _without_magic(line) if python.begins_statement else None
        if magic is None:
            python.read(line)
        goes_on = magic is not None and _is_joined(line)
        kept.append(line if magic is None else magic)
    return "".join(kept)


def _without_magic(line: str) -> str | None:
    """Return a line of the same length without the command in it; None where there is none."""
    if found := _ASSIGNED.match(line):
        return f"{found[0]}0#{line[found.end() + 2 :]}"
    if found := _MAGIC.match(line) or _QUESTION.match(line):
        # In a block, a comment would leave it empty.
        blanks = found[1]
        return f"{blanks}0#{line[len(blanks) + 2 :]}" if blanks else f"#{line[1:]}"
    return None


def _is_joined(line: str) -> bool:
    return line.rstrip("\r\n").endswith("\\")


@define
class _Reader:
    """Reads Python line by line.

    Attributes:
        depth: how many brackets are open.
        quotes: those that end the string that is open; empty where none is.
        joined: whether the next line belongs to the one that was read last.
    """

    depth: int = 0
    quotes: str = ""
    joined: bool = False

    @property
    def begins_statement(self) -> bool:
        """Whether the next line begins one."""
        return not (self.depth or self.quotes or self.joined)

    def read(self, line: str) -> None:
        """Take a line."""
        at, last = 0, ""
        while at >= 0:
            if self.quotes:
                end = line.find(self.quotes, at)
                if end < 0:
                    return
                at, self.quotes = end + len(self.quotes), ""
            found = _LEXEME.search(line, at)
            if found is None:
                break
            at, last = found.end(), found[0]
            if last in _TRIPLE:
                self.quotes = last
            else:
                self.depth = max(0, self.depth + (last in "([{") - (last in ")]}"))
        self.joined = _is_joined(line) and not last.startswith("#")
