"""The text of a list's item for an editor that indents its further lines, whatever it is told."""

from __future__ import annotations

import re

_BREAK = re.compile(r"(\r\n|\n|\r)")
_BLANKS = re.compile(r"[ \t]*")
_SNIPPETS_OWN = re.compile(r"[\\$]")


def without_base(text: str, before: str) -> str | None:
    """Return a text without what an editor puts before each of its lines but the first (LSP 3.17, `InsertTextMode`).

    Args:
        text: what is to be inserted.
        before: the line that it is inserted in, up to there; its indentation is what the editor puts.

    Returns:
        None where a line has less indentation: no text comes out as it then.
    """
    found = _BLANKS.match(before)
    base = found[0] if found else ""
    first, *rest = _BREAK.split(text)
    lines = rest[1::2]
    if not all(line.startswith(base) or not line.strip() for line in lines):
        return None
    breaks = rest[::2]
    return first + "".join(ending + line[len(base) :] for ending, line in zip(breaks, lines, strict=True))


def as_snippet(text: str) -> str:
    r"""Return a snippet that stands for a text: `$` would begin a variable, and `\` takes the meaning away."""
    return _SNIPPETS_OWN.sub(r"\\\g<0>", text)
