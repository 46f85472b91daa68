"""A line with the wrong indentation, moved to where the lines around it allow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mendline.features.repair.problem import Problem
from mendline.text.document import Document, Edit

_SIGNS: Final = re.compile(r"indent|tabs and spaces", re.IGNORECASE)
_LINES_ABOVE: Final = 30
_MOST: Final = 4


def indented(problem: Problem) -> Iterator[tuple[Edit, ...]]:
    """Give the line, and then the lines that stand as it does, each indentation that may be right."""
    if problem.language != "python" or not _SIGNS.search(problem.finding.message):
        return
    document = problem.document
    first = document.line_at(problem.range.start)
    for line in (first, first - 1):
        if line < 1 or not document.line_text(line).strip():
            continue
        has = _indentation(document.line_text(line))
        for wanted in _possible(document, line):
            if wanted != has:
                yield (_moved(document, line, line, has, wanted),)
                last = _run(document, line, has)
                if last > line:
                    yield (_moved(document, line, last, has, wanted),)


def _possible(document: Document, line: int) -> list[str]:
    """The indentations of the lines above that are still open, those that change least first."""
    found: list[str] = []
    for number in range(line - 1, max(-1, line - _LINES_ABOVE), -1):
        text = document.line_text(number)
        if not text.strip():
            continue
        indentation = _indentation(text)
        if not found and text.rstrip().endswith(":"):
            found.append(indentation + _step(document))
        if indentation not in found:
            found.append(indentation)
        if not indentation:
            break
    has = len(_indentation(document.line_text(line)))
    return sorted(found, key=lambda each: abs(len(each) - has))[:_MOST]


def _run(document: Document, line: int, has: str) -> int:
    """The last of the lines from this one on that are indented at least as far."""
    last = line
    for number in range(line + 1, document.line_count):
        text = document.line_text(number)
        if text.strip() and not text.startswith(has or " "):
            break
        if text.strip():
            last = number
    return last


def _moved(document: Document, first: int, last: int, has: str, wanted: str) -> Edit:
    start, end = document.line_start(first), document.line_end(last)
    lines = [
        document.text[document.line_start(number) : document.line_end(number)] for number in range(first, last + 1)
    ]
    moved = [wanted + line[len(has) :] if line.strip() else line for line in lines]
    return Edit(start, end, "\n".join(moved))


def _indentation(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _step(document: Document) -> str:
    """What one level is in this file."""
    for number in range(document.line_count):
        indentation = _indentation(document.line_text(number))
        if indentation and document.line_text(number).strip():
            return "\t" if indentation[0] == "\t" else indentation if len(indentation) in (2, 4, 8) else "    "
    return "    "
