"""A sign that is missing, or one too many: tried where it may be, and proposed where the file then parses better."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Final

from mendline.checks.parse_gate import check
from mendline.features.repair.problem import Problem
from mendline.syntax.problems import problems
from mendline.syntax.walk import broken_nodes
from mendline.text.document import Document, Edit, Range

_SIGNS: Final = re.compile(
    r"expected|syntax|parse|unexpected|never closed|unclosed|unmatched|does not match|missing|unterminated|delimiter"
    r"|reached end of file|closing|unparenthesized",
    re.IGNORECASE,
)
_INSERTED: Final = (")", "]", "}", ":", ";", ",", '"', "'")
_LINES_ABOVE: Final = 5
_MOST_LINES: Final = 12
_MOST_WITHIN: Final = 8
_DEDENT_LINES: Final = 30
_PROBLEMS: Final = 3
_END: Final = re.compile(r"\s*(?:#.*|//.*)?$")
_OPENS: Final = re.compile(r"\s*[{:;,]+$")
_MOST: Final = 6
_PARSE_MS: Final = 40.0
_BUDGET_SECONDS: Final = 0.5


def punctuation(problem: Problem) -> Iterator[tuple[Edit, ...]]:
    """Insert a closing sign near the problem, or take one away; only what mends the tree."""
    tree = problem.tree
    if tree is None or not _SIGNS.search(problem.finding.message):
        return
    before = sum(1 for _ in broken_nodes(tree.root))
    if not before:
        return
    mended: list[tuple[int, int, Edit]] = []
    deadline = time.monotonic() + _BUDGET_SECONDS
    for number, edit in enumerate(dict.fromkeys(_tried(problem))):
        if time.monotonic() > deadline:
            break
        gate = check(tree, problem.document, edit, _PARSE_MS, whole_only=True)
        if gate.parsed and not gate.cut and gate.broken < before:
            mended.append((gate.broken, number, edit))
    for *_, edit in sorted(mended, key=lambda each: each[:2])[:_MOST]:
        yield (edit,)


def _tried(problem: Problem) -> Iterator[Edit]:
    """Each sign at each place, the likeliest places first."""
    document = problem.document
    broken = _broken(problem)
    yield from _dedented(document, document.line_at(problem.range.start))
    for line in _lines(document, problem.range, broken):
        text, start = document.line_text(line), document.line_start(line)
        end = _END.search(text)
        code = text[: end.start()] if end is not None else text
        opens = _OPENS.search(code)
        for at in dict.fromkeys([len(code), opens.start() if opens else len(code)]):
            for sign in _INSERTED:
                yield Edit(start + at, start + at, sign)
        for found in re.finditer(r"[)\]}]", code):
            yield Edit(start + found.start(), start + found.end(), "")
    for place in broken:
        for at in _within(document, place):
            for sign in _INSERTED:
                yield Edit(at, at, sign)
    for at in _behind_opener(document, document.line_at(problem.range.start)):
        for sign in ")]}":
            yield Edit(at, at, sign)
    last = len(document.text.rstrip())
    yield Edit(last, last, "\n}")


def _dedented(document: Document, line: int) -> Iterator[Edit]:
    """A closing brace where lines go back to the left without one, from the problem up."""
    widths = {len(_indentation(text)) for text in document.line_texts(0, document.line_count) if text.strip()}
    step = min(widths - {0}, default=4)
    for number in range(min(line + 1, document.line_count - 1), max(0, line - _DEDENT_LINES), -1):
        text = document.line_text(number)
        above = next((each for each in range(number - 1, -1, -1) if document.line_text(each).strip()), None)
        if not text.strip() or above is None:
            continue
        here, before = _indentation(text), _indentation(document.line_text(above))
        # A line that closes something goes one step to the left by itself.
        closes = text.strip()[0] in "})]"
        wanted = before[: len(before) - step] if closes else here
        if len(before) - len(here) > (step if closes else 0):
            yield Edit(document.line_end(above), document.line_end(above), f"\n{wanted}}}")


def _indentation(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _behind_opener(document: Document, line: int) -> list[int]:
    """Where words end behind the last bracket of a line that it doesn't close."""
    text, start = document.line_text(line), document.line_start(line)
    open_: list[int] = []
    for at, sign in enumerate(text):
        if sign in "([{":
            open_.append(at)
        elif sign in ")]}" and open_:
            open_.pop()
    if not open_:
        return []
    return [start + word.end() for word in re.finditer(r"\w+", text) if word.start() > open_[-1]][:_MOST_WITHIN]


def _broken(problem: Problem) -> list[Range]:
    """Where the finding and the tree say that something is wrong."""
    found = problems(problem.tree, _PROBLEMS) if problem.tree is not None else ()
    return [problem.range, *(each.range for each in found)]


def _lines(document: Document, around: Range, broken: list[Range]) -> list[int]:
    """The lines worth a try, those without text left out: the problem's, the ones above, and the tree's problems'."""
    first = document.line_at(around.start)
    above = [line for line in range(first, -1, -1) if document.line_text(line).strip()][:_LINES_ABOVE]
    others = [line for place in broken for line in _beside(document.line_at(place.start))]
    known = (line for line in (*above, *others) if 0 <= line < document.line_count)
    return [line for line in dict.fromkeys(known) if document.line_text(line).strip()][:_MOST_LINES]


def _beside(line: int) -> tuple[int, int, int]:
    return line, line - 1, line + 1


def _within(document: Document, place: Range) -> list[int]:
    """Where words begin and end in the first line of a stretch."""
    end = min(place.end, document.line_end(document.line_at(place.start)))
    found = [
        edge for word in re.finditer(r"\w+", document.text[place.start : end]) for edge in (word.end(), word.start())
    ]
    return [place.start + edge for edge in found][:_MOST_WITHIN]
