"""Something that isn't used, taken away: an import, a name in one, a variable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mendline.features.repair.import_lines import IMPORT_LINES
from mendline.features.repair.problem import Problem
from mendline.features.repair.proposals.named import name_at
from mendline.syntax.statements import statements_around
from mendline.text.document import Document, Edit, Range

_SIGNS: Final = re.compile(r"unused|never (?:read|used|accessed)|not (?:used|accessed)|unused-", re.IGNORECASE)
_MOST_LINES: Final = 6
_CALL: Final = re.compile(r"[\w\])!?>]\s*\(|\bnew\b|\bawait\b")
_PURE: Final = re.compile(
    r"(?<![\w.])(?:len|sum|min|max|sorted|str|int|float|list|dict|set|tuple|range|abs|round|zip|enumerate)\s*\("
)
"""Calls that do nothing but return a value."""


def unused(problem: Problem) -> Iterator[tuple[Edit, ...]]:
    """Delete the name from its import, or the whole statement; or keep the variable's value and mark its name."""
    if not _SIGNS.search(problem.finding.message) or problem.tree is None:
        return
    document, name = problem.document, name_at(problem)
    statement = next(statements_around(problem.tree, problem.range.start, problem.range.end), None)
    if statement is None:
        return
    whole = problem.tree.range_of(statement)
    text = document.text[whole.start : whole.end]
    pattern = IMPORT_LINES.get(problem.language)
    is_import = pattern is not None and pattern.match(" ".join(text.split())) is not None
    if is_import and name is not None and (listed := _from_list(document, whole, name)) is not None:
        yield (listed,)
        return
    harmless = is_import or not _CALL.search(_PURE.sub("", text))
    if harmless:
        yield from _deleted(document, whole)
    if name is not None and not is_import:
        yield (Edit(name.start, name.start, "_"),)
        yield from _value_kept(document, whole, text)
        if not harmless:
            yield from _deleted(document, whole)


def _from_list(document: Document, statement: Range, name: Range) -> Edit | None:
    """Take a name out of a list of several."""
    before, after = document.text[statement.start : name.start], document.text[name.end : statement.end]
    alias = re.match(r"\s+as\s+\w+", after)
    end = name.end + (alias.end() if alias else 0)
    behind = re.match(r"\s*,[ \t]*", document.text[end : statement.end])
    if behind is not None:
        return Edit(name.start, end + behind.end(), "")
    ahead = re.search(r",\s*$", before)
    return None if ahead is None else Edit(statement.start + ahead.start(), end, "")


def _deleted(document: Document, statement: Range) -> Iterator[tuple[Edit, ...]]:
    """Delete whole lines, where nothing else stands in them."""
    first, last = document.line_at(statement.start), document.line_at(statement.end)
    start = document.line_start(first)
    end = document.line_start(last + 1) if last + 1 < document.line_count else len(document.text)
    alone = not document.text[start : statement.start].strip() and not document.text[statement.end : end].strip(
        " \t\r\n;"
    )
    if alone and last - first < _MOST_LINES:
        yield (Edit(start, end, ""),)


def _value_kept(document: Document, statement: Range, text: str) -> Iterator[tuple[Edit, ...]]:
    """Keep what the variable was set to, for what that does."""
    found = re.match(r"[\w\s:<>\[\],.*&]*?=(?!=)\s*(?=\S)", text)
    if found is not None and "(" in text[found.end() :]:
        yield (Edit(statement.start, statement.start + found.end(), ""),)
