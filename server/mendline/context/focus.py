"""The file the cursor is in, as the sources of related code look at it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from attrs import frozen

from mendline.context.headers import definition_around
from mendline.syntax.imports import Import, imports_of
from mendline.syntax.outline import Symbol
from mendline.workspace.store import Snapshot

_NAME = re.compile(r"[^\W\d]\w*")
_REACH = 50_000
"""Characters on either side of the cursor in which names are looked for: a generated file may have millions."""
_TOP_LINES = 20


@frozen
class Focus:
    """What the file says of itself around a cursor. The cursor's line does not count: it changes with each keystroke.

    Attributes:
        path: the file's; None for what is in no file.
        language_id: Mendline's name of the language; empty for one it does not know.
        symbols: what the file defines.
        imports: what it imports, where that can be read.
        near: how often each name stands in the definition around the cursor; at the top of a file, in the lines around.
        elsewhere: how often each name stands in the rest of the file, imports left out.
        around: the text that `near` was counted in.
        text: the text that both were counted in.
    """

    snapshot: Snapshot
    offset: int
    path: Path | None
    language_id: str
    symbols: tuple[Symbol, ...]
    imports: tuple[Import, ...]
    near: Counter[str]
    elsewhere: Counter[str]
    around: str
    text: str

    @classmethod
    def of(cls, snapshot: Snapshot, offset: int, symbols: tuple[Symbol, ...]) -> Focus:
        """Look at a snapshot around an offset in code points. Takes milliseconds: not for the event loop."""
        tree = snapshot.tree
        imports = imports_of(tree, offset) if tree is not None else ()
        document = snapshot.document
        line = document.line_at(offset)
        first, last = definition_around(document, line) or (line - _TOP_LINES, line + _TOP_LINES)
        start, end = document.line_start(first), document.line_end(last)
        start, end = max(start, offset - _REACH), min(end, offset + _REACH)
        text = document.text
        blanked = [(each.range.start, each.range.end) for each in imports]
        blanked.append((document.line_start(line), document.line_end(line)))
        around = _without(text, start, end, blanked)
        near = Counter(_NAME.findall(around))
        whole = _without(text, max(0, offset - _REACH), offset + _REACH, blanked)
        elsewhere = Counter(_NAME.findall(whole))
        elsewhere.subtract(near)
        return cls(
            snapshot=snapshot,
            offset=offset,
            path=Path(snapshot.path) if snapshot.path else None,
            language_id=snapshot.language.id if snapshot.language else "",
            symbols=symbols,
            imports=imports,
            near=near,
            elsewhere=elsewhere,
            around=around,
            text=whole,
        )


def _without(text: str, start: int, end: int, left_out: list[tuple[int, int]]) -> str:
    """The text of [start, end) but for some stretches."""
    pieces, at = [], start
    for first, last in sorted(left_out):
        if last <= at or first >= end:
            continue
        pieces.append(text[at : max(first, at)])
        at = last
    pieces.append(text[at:end])
    return "\n".join(pieces)
