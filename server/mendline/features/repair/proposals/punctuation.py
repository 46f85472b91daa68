"""A sign that is missing, or one too many: tried where it may be, and proposed where the file then parses better."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mendline.checks.parse_gate import check
from mendline.features.repair.problem import Problem
from mendline.syntax.walk import broken_nodes
from mendline.text.document import Edit

_SIGNS: Final = re.compile(
    r"expected|syntax|parse|unexpected|never closed|unclosed|unmatched|does not match|missing|unterminated|delimiter"
    r"|reached end of file|closing",
    re.IGNORECASE,
)
_INSERTED: Final = (")", "]", "}", ":", ";", ",", '"', "'")
_LINES_ABOVE: Final = 4
_END: Final = re.compile(r"\s*(?:#.*|//.*)?$")
_OPENS: Final = re.compile(r"\s*[{:;,]+$")
_MOST: Final = 4
_PARSE_MS: Final = 40.0


def punctuation(problem: Problem) -> Iterator[tuple[Edit, ...]]:
    """Insert a closing sign at the end of a line near the problem, or take one away; only what mends the tree."""
    tree = problem.tree
    if tree is None or not _SIGNS.search(problem.finding.message):
        return
    before = sum(1 for _ in broken_nodes(tree.root))
    if not before:
        return
    mended: list[tuple[int, int, Edit]] = []
    for number, edit in enumerate(_tried(problem)):
        gate = check(tree, problem.document, edit, _PARSE_MS, whole_only=True)
        if gate.parsed and not gate.cut and gate.broken < before:
            mended.append((gate.broken, number, edit))
    for *_, edit in sorted(mended, key=lambda each: each[:2])[:_MOST]:
        yield (edit,)


def _tried(problem: Problem) -> Iterator[Edit]:
    """Each sign at each place, the lines nearest to the problem first."""
    document = problem.document
    line = document.line_at(problem.range.start)
    for number in range(line, max(-1, line - _LINES_ABOVE), -1):
        text, start = document.line_text(number), document.line_start(number)
        end = _END.search(text)
        if end is None or not text[: end.start()].strip():
            continue
        code = text[: end.start()]
        opens = _OPENS.search(code)
        places = dict.fromkeys([len(code), opens.start() if opens else len(code)])
        for at in places:
            for sign in _INSERTED:
                yield Edit(start + at, start + at, sign)
        for found in re.finditer(r"[)\]}]", code):
            yield Edit(start + found.start(), start + found.end(), "")
    last = len(document.text.rstrip())
    yield Edit(last, last, "\n}")
