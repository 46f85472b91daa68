"""An `await` that is missing where a function that gives a promise of its value is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mendline.features.repair.problem import Problem
from mendline.text.document import Edit

_SIGNS: Final = re.compile(r"corou?tine|promise|await|future", re.IGNORECASE)
_ECMASCRIPT: Final = re.compile(
    r"\basync\s+function\s+(\w+)|\b(\w+)\s*[:=][^=\n]*\basync\b|\basync\s+(\w+)\s*\(|\b(\w+)\s*\([^()\n]*\)\s*:\s*Promise<"
)
_DEFINED: Final[Mapping[str, re.Pattern[str]]] = {
    "python": re.compile(r"\basync\s+def\s+(\w+)"),
    "javascript": _ECMASCRIPT,
    "javascriptreact": _ECMASCRIPT,
    "typescript": _ECMASCRIPT,
    "typescriptreact": _ECMASCRIPT,
}
_LINES_ABOVE: Final = 20
_MOST: Final = 4
_LONGEST_CALL: Final = 500


def awaited(problem: Problem) -> Iterator[tuple[Edit, ...]]:
    """Put `await` before calls of the file's asynchronous functions, in the problem's line and then in those above."""
    pattern = _DEFINED.get(problem.language)
    if pattern is None or not _SIGNS.search(problem.finding.message):
        return
    document = problem.document
    names = {name for found in pattern.finditer(document.text) for name in found.groups() if name}
    if not names:
        return
    call = re.compile(rf"(?:\b(?:self|this)\.)?\b(?:{'|'.join(map(re.escape, sorted(names)))})\(")
    first = document.line_at(problem.range.start)
    places: list[int] = []
    for line in range(first, max(-1, first - _LINES_ABOVE), -1):
        start = document.line_start(line)
        for found in call.finditer(document.line_text(line)):
            before = document.line_text(line)[: found.start()]
            if not re.search(r"\b(?:await|def|function|async)\s+$", before):
                places.append(start + found.start())
    for at in places[:_MOST]:
        end = _end_of_call(document.text, at)
        # `await f().x` would wait for `x`.
        if end is not None and document.text[end : end + 1] in (".", "[", "("):
            yield (Edit(at, at, "(await "), Edit(end, end, ")"))
        else:
            yield (Edit(at, at, "await "),)


def _end_of_call(text: str, start: int) -> int | None:
    """Where the brackets of a call end; None where they don't within some lines."""
    depth = 0
    for at in range(text.find("(", start), min(len(text), start + _LONGEST_CALL)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            return at + 1
    return None
