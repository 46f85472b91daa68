"""The window around the cursor: how much of the file the model sees, cut so that cached prompts hold.

A cached prompt is worth seconds, and it is lost from the first character that differs. So the window's borders do
not follow the cursor: they lie on a coarse grid, counted from the file's start for the beginning and from the
file's end for the end (typing at the cursor moves neither), and then go inwards to where a statement begins, the
outermost that is near (`context.borders`). A line that is longer than the room for it (a minified file) is cut on the
grid itself, by characters. What decides lies beyond the cursor's reach: at the beginning the text before it, at the
end the text behind it.

A window that begins within definitions has their headers before it (`context.headers`): those around its first line,
not those around the cursor, for the cursor moves and the first line does not. Those of the cursor that lie outside of
the window are among them.

When typing pushes the beginning over the next line of the grid, nearly the whole prompt is new. The beginning may
therefore stay behind by one step (`lagging`) until there was time to compute the other prompt.
"""

from __future__ import annotations

from attrs import frozen

from mendline.context.borders import first_statement, last_statement
from mendline.context.budget import BORDER_STEPS, Budget
from mendline.context.headers import headers
from mendline.syntax.tree import Tree
from mendline.text.document import Document

_HEADERS_SHARE = 8
"""Headers may take this part of the prefix's room."""


@frozen
class Window:
    r"""A part of a document around an offset, with line breaks as the model sees them: `\n` only.

    Attributes:
        start: where the window begins, in code points from the document's start.
        end: where it ends.
        prefix: the text from `start` to the cursor.
        suffix: the text from the cursor to `end`.
        head: the headers of the definitions that the window begins in; stands before `prefix`.
    """

    start: int
    end: int
    prefix: str
    suffix: str
    head: str = ""


def window(
    document: Document, offset: int, budget: Budget, *, tree: Tree | None = None, lagging: bool = False
) -> Window:
    """Cut the window around `offset`. The same document and offset always give the same window.

    What a short suffix leaves of its share goes to the prefix, which is the cheaper one to keep cached.

    Args:
        document: the text.
        offset: the cursor, in code points.
        budget: how much of the text is wanted.
        tree: of a document whose text is the same before the cursor's line; None where there is none.
        lagging: whether the beginning stays behind by the budget's `overhang`.
    """
    text = document.text
    suffix_room = _characters(text[offset : offset + budget.suffix], budget.suffix)
    end = _end(document, offset, suffix_room, step=max(1, budget.suffix // BORDER_STEPS))
    spare = max(0, budget.suffix - (end - offset)) if end == len(text) else 0
    # Where the beginning was when the cursor stood one step earlier.
    behind = offset - (budget.overhang if lagging else 0)
    step = max(1, budget.prefix // BORDER_STEPS)
    head_room = budget.prefix // _HEADERS_SHARE
    start, head = 0, ""
    for reserved in (0, head_room):
        room = budget.prefix + spare - reserved
        room = _characters(text[max(0, offset - room) : offset], room)
        start = _start(document, behind, room, step, tree)
        head = headers(document, start, head_room) if start else ""
        if not head:
            break
    return Window(
        start=start,
        end=end,
        prefix=unified_breaks(text[start:offset]),
        suffix=unified_breaks(text[offset:end]),
        head=unified_breaks(head),
    )


def unified_breaks(text: str) -> str:
    r"""Turn `\r\n` and `\r` into `\n`: models have hardly seen anything else."""
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _characters(text: str, room: int) -> int:
    """Turn room in bytes into room in characters for text as dense as this one.

    The density is rounded to a few steps, so that a single letter typed does not move the window.
    """
    if not text or text.isascii():
        return room
    density = len(text.encode("utf-8", "surrogatepass")) / len(text)
    return int(room / (1 if density < 1.25 else 2 if density < 2 else 3))


def _start(document: Document, offset: int, room: int, step: int, tree: Tree | None) -> int:
    earliest = offset - room
    if earliest <= 0:
        return 0
    on_grid = min(-(-earliest // step) * step, offset)
    # At most half of the room is given up for a good border.
    latest = min(offset, earliest + room // 2)
    if (found := first_statement(document, on_grid, min(latest, on_grid + step // 2), tree)) is not None:
        return found
    line = document.line_at(on_grid)
    if document.line_start(line) == on_grid:
        return on_grid
    if line + 1 < document.line_count:
        following = document.line_start(line + 1)
        if following <= latest:
            return following
    return _outside_break(document.text, on_grid)


def _end(document: Document, offset: int, room: int, step: int) -> int:
    size = len(document.text)
    beyond = size - (offset + room)
    if beyond <= 0:
        return size
    on_grid = max(size - -(-beyond // step) * step, offset)
    earliest = max(offset + 1, offset + room - room // 2)
    if (found := last_statement(document, max(earliest, on_grid - step // 2), on_grid)) is not None:
        return found
    # The break that ends the last whole line belongs to the window; the next line's text does not.
    whole_lines = document.line_start(document.line_at(on_grid))
    if whole_lines >= earliest:
        return whole_lines
    return _outside_break(document.text, on_grid)


def _outside_break(text: str, offset: int) -> int:
    r"""Move an offset that lies between the two characters of a `\r\n` before them."""
    return offset - 1 if offset > 0 and text[offset - 1 : offset + 1] == "\r\n" else offset
