"""The order of a notebook's cells; their texts are documents of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from attrs import define, frozen

_MAGIC: Final = re.compile(r"^[%!](?=[%\w])", re.MULTILINE)


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


def without_magics(text: str) -> str:
    """Return a Python cell's text with comments in the place of commands to the notebook (`%cd`, `!ls`, `%%time`)."""
    return _MAGIC.sub("#", text)
