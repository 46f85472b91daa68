"""Lines at which a text can be cut: where the outermost statement in reach begins.

By indentation, and at the window's beginning by the tree as well, which knows strings and brackets. The tree may be
broken at the cursor; but what stands before that keeps its statements. Behind the cursor nothing is sure while
somebody types, so at the window's end the lines decide alone.
"""

from __future__ import annotations

import re
from itertools import pairwise

from mendline.syntax.statements import begins_statement
from mendline.syntax.tree import Tree
from mendline.text.document import Document

_MOST_CHARACTERS = 1000
_MOST_LOOKED_UP = 16
_TAB_WIDTH = 4
# Lines that go on with what was begun before them.
_GOES_ON = re.compile(
    r"\s*(?:[)\]},.;|?:+*&=]|-[^-]|//?=|\*/|(?:else|elif|elsif|except|finally|catch|rescue|ensure|then|end|fi|done|esac|when|case|"
    r"default|and|or|not|in|is|as|where|extends|implements)\b|\"\"\"|''')"
)
# What belongs to the line after it.
_ATTACHED = re.compile(r"\s*(?:@\w|#\[|///|//|#|/\*|\*|--)")
_OPEN = re.compile(r"[(\[,\\=+*/&|<?-]\s*$|\b(?:and|or|not|in|is|return|=>)\s*$")


def first_statement(document: Document, earliest: int, latest: int, tree: Tree | None) -> int | None:
    """The start of the outermost statement's line within [earliest, latest], the first of several; None without any."""
    for _, start in sorted(_candidates(document, earliest, latest))[:_MOST_LOOKED_UP]:
        line = document.line_text(document.line_at(start))
        if tree is None or begins_statement(tree, start + len(line) - len(line.lstrip())):
            return start
    return None


def last_statement(document: Document, earliest: int, latest: int) -> int | None:
    """The start of the outermost statement's line within [earliest, latest], the last of several; None without any."""
    candidates = _candidates(document, earliest, latest)
    return min(candidates, key=lambda each: (each[0], -each[1]))[1] if candidates else None


def _candidates(document: Document, earliest: int, latest: int) -> list[tuple[int, int]]:
    """Indentation and start of the lines at which statements may begin, as far as lines can tell."""
    first, last = document.line_at(earliest), document.line_at(latest)
    texts = document.line_texts(first - 1, last + 1) if first else ["", *document.line_texts(first, last + 1)]
    found: list[tuple[int, int]] = []
    for number, (before, line) in enumerate(pairwise(texts), first):
        if not line.strip() or len(line) > _MOST_CHARACTERS or _GOES_ON.match(line):
            continue
        start = document.line_start(number)
        if not earliest <= start <= latest or _OPEN.search(before) or _is_attached(before, line):
            continue
        found.append((_width(line), start))
    return found


def _is_attached(before: str, line: str) -> bool:
    return _ATTACHED.match(before) is not None and _width(before) == _width(line)


def _width(line: str) -> int:
    body = line.lstrip(" \t")
    return len(line[: len(line) - len(body)].expandtabs(_TAB_WIDTH))
