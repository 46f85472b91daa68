"""Code with a suggestion in it, as an editor shows ghost text, for the terminal.

With colours the code is highlighted and the suggestion is dim and italic; without them (a log, `NO_COLOR`) the
suggestion stands between `⟦` and `⟧`. In both, a sign in the margin marks the lines it is on.
"""

from __future__ import annotations

from attrs import frozen
from rich.console import Console
from rich.style import Style
from rich.syntax import Syntax
from rich.text import Text

from mendline.features.completion import Suggestion
from mendline.workspace.store import Snapshot

_LINES_BEFORE = 8
_LINES_AFTER = 4
_GUTTER = 3
_LEAST_WIDTH = 20
_GHOST = Style(color="bright_black", italic=True)
_MARK = Style(color="green", bold=True)
_THEME = "ansi_dark"


@frozen
class _Ghost:
    """The suggestion within the text that results from it.

    Attributes:
        text: the whole document with the suggestion applied.
        start, end: where the part that is new lies in it.
    """

    text: str
    start: int
    end: int


def render(snapshot: Snapshot, offset: int, suggestion: Suggestion, console: Console) -> Text:
    """Draw the lines around the cursor, numbered, with the suggestion set off.

    Args:
        snapshot: the document without the suggestion; its lines end in a single line feed.
        offset: the cursor, in code points.
        suggestion: what to show.
        console: says whether there are colours, and how wide a line may be.
    """
    ghost = _applied(snapshot, offset, suggestion)
    coloured = console.color_system is not None and not console.no_color
    code = _highlighted(ghost.text, snapshot) if coloured else Text(ghost.text)
    if coloured:
        code.stylize(_GHOST, ghost.start, ghost.end)
    first = ghost.text.count("\n", 0, ghost.start)
    last = ghost.text.count("\n", 0, ghost.end)
    lines = code.split("\n", allow_blank=True)
    shown = range(max(0, first - _LINES_BEFORE), min(len(lines), last + 1 + _LINES_AFTER))
    margin = len(str(shown.stop)) + 2
    rows: list[Text] = []
    for number in shown:
        line = lines[number]
        if not first <= number <= last:
            rows.append(_row(f"{number + 1}", "", line, margin, console.width))
            continue
        if not coloured:
            line = _bracketed(line, ghost, number)
        rows += _wrapped(number, "▌" if coloured else "»", line, margin, console)
    return Text("\n").join(rows)


def _applied(snapshot: Snapshot, offset: int, suggestion: Suggestion) -> _Ghost:
    """Apply the suggestion, and leave out of the ghost what stood there before at either end of it."""
    text = snapshot.document.text
    start, end = suggestion.range.start, suggestion.range.end
    before = text[start:offset]
    skipped = len(before) if suggestion.text.startswith(before) else 0
    after = text[offset:end]
    kept = len(after) if after and suggestion.text.endswith(after) else 0
    return _Ghost(
        text=text[:start] + suggestion.text + text[end:],
        start=start + skipped,
        end=start + len(suggestion.text) - kept,
    )


def _highlighted(text: str, snapshot: Snapshot) -> Text:
    name = snapshot.path or "untitled"
    lexer = Syntax.guess_lexer(name, text)
    code = Syntax(text, lexer, theme=_THEME).highlight(text)
    # The highlighter may add a line break at the end; it must not take anything away.
    return code if code.plain.startswith(text) else Text(text)


def _bracketed(line: Text, ghost: _Ghost, number: int) -> Text:
    """Put the signs around the part of a line that is new."""
    start = 0
    for _ in range(number):
        start = ghost.text.index("\n", start) + 1
    plain = line.plain
    left = max(0, ghost.start - start)
    right = min(len(plain), ghost.end - start)
    if left >= right:
        return line
    # A line's indentation is no part of what one reads.
    left += len(plain[left:right]) - len(plain[left:right].lstrip())
    return Text(f"{plain[:left]}⟦{plain[left:right]}⟧{plain[right:]}")


def _wrapped(number: int, mark: str, line: Text, margin: int, console: Console) -> list[Text]:
    """The rows of a line that must be seen to its end."""
    room = max(_LEAST_WIDTH, console.width - margin - _GUTTER)
    parts = line.wrap(console, room) if line.cell_len > room else [line]
    return [
        _row("" if index else f"{number + 1}", mark, part, margin, console.width) for index, part in enumerate(parts)
    ]


def _row(number: str, mark: str, line: Text, margin: int, columns: int) -> Text:
    row = Text.assemble((f"{number:>{margin}} ", "dim"), (f"{mark:<2}", _MARK), line, no_wrap=True)
    row.truncate(max(_LEAST_WIDTH, columns), overflow="ellipsis")
    return row
