"""Earlier cells of a notebook as context: what they define is in scope in the current one."""

from __future__ import annotations

from collections.abc import Sequence

from mendline.context.budget import BYTES_PER_TOKEN
from mendline.context.window import unified_breaks
from mendline.engine.protocol import ContextChunk

_LEAST_BYTES = 32 * BYTES_PER_TOKEN


def cell_chunks(cells: Sequence[str], path: str, room: int) -> tuple[ContextChunk, ...]:
    """Take the latest cells that fit into `room` UTF-8 bytes, in the notebook's order.

    Cells are taken whole, so that the chunks stay the same while the current cell grows. The nearest cell alone may
    be cut, at a line boundary from its start, when it is larger than the whole room.

    Args:
        cells: the code cells before the current one, first to last. Outputs are no part of them.
        path: the notebook's path as the model shall read it.
        room: what may be spent on them.
    """
    taken: list[str] = []
    left = room
    for cell in reversed(cells):
        text = unified_breaks(cell).strip("\n")
        if not text.strip():
            continue
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > left:
            if not taken and left >= _LEAST_BYTES:
                taken.append(_latest_lines(text, left))
            break
        taken.append(text)
        left -= size
    return tuple(ContextChunk(path=path, text=text + "\n") for text in reversed(taken) if text)


def _latest_lines(text: str, room: int) -> str:
    lines: list[str] = []
    for line in reversed(text.split("\n")):
        room -= len(line.encode("utf-8", "surrogatepass")) + 1
        if room < 0:
            break
        lines.append(line)
    return "\n".join(reversed(lines))
