"""Where a new import goes among Python's imports: in the order that formatters keep (isort's, PEP 8's sections)."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from mendline.syntax.imports import Import, imports_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Edit

_FROM: Final = re.compile(r"from\s+([\w.]+)\s+import\s+(.*)")
_IMPORT: Final = re.compile(r"import\s+([\w.]+)")
_Key = tuple[int, bool, str]


@frozen
class _Placed:
    """An import at the file's top.

    Attributes:
        key: its place in the order.
        first, last: its lines.
    """

    key: _Key
    first: int
    last: int


def sorted_in(document: Document, tree: Tree | None, lines: Sequence[str]) -> Edit | None:
    """The edit that puts one import line among the file's, or its name into an import of the same module.

    Returns:
        None where there are no imports to sort it in, or several lines are to be added.
    """
    if tree is None or len(lines) != 1:
        return None
    line, found = lines[0], imports_of(tree)
    joined = _joined(document, line, found)
    if joined is not None:
        return joined
    placed = _at_top(document, found)
    if not placed:
        return None
    key = _key(line)
    before = [each for each in placed if each.key < key]
    if before:
        at = document.line_end(before[-1].last)
        gap = "\n" if before[-1].key[0] != key[0] else ""
        behind = placed[len(before) :]
        more = (
            "\n" if gap and behind and behind[0].key[0] != key[0] and not _is_apart(document, before[-1].last) else ""
        )
        return Edit(at, at, f"\n{gap}{line}{more}")
    start = document.line_start(placed[0].first)
    return Edit(start, start, f"{line}\n" + ("\n" if placed[0].key[0] != key[0] else ""))


def _joined(document: Document, line: str, found: Sequence[Import]) -> Edit | None:
    """Add the name to a `from` import of its module that stands in one line without brackets."""
    wanted = _FROM.match(line)
    if wanted is None:
        return None
    for each in found:
        text = document.text[each.range.start : each.range.end]
        own = _FROM.match(text)
        plain = own is not None and "\n" not in text and "(" not in text and "*" not in text
        if own is not None and plain and own[1] == wanted[1]:
            names = sorted([name.strip() for name in own[2].split(",")] + [wanted[2].strip()], key=_name_key)
            return Edit(each.range.start, each.range.end, f"from {own[1]} import {', '.join(names)}")
    return None


def _at_top(document: Document, found: Sequence[Import]) -> list[_Placed]:
    placed: list[_Placed] = []
    for each in found:
        first, last = document.line_at(each.range.start), document.line_at(each.range.end)
        alone = document.line_start(first) == each.range.start
        near = not placed or first - placed[-1].last <= 3
        if alone and near and (not placed or placed[-1].first != first):
            placed.append(_Placed(_key(document.text[each.range.start : each.range.end]), first, last))
    return placed


def _key(line: str) -> _Key:
    match = _FROM.match(line) or _IMPORT.match(line)
    module = match[1] if match is not None else line
    return _section(module), line.startswith("from"), module.lower()


def _section(module: str) -> int:
    top = module.partition(".")[0]
    if module == "__future__":
        return 0
    if not top:
        return 3
    return 1 if top in sys.stdlib_module_names else 2


def _name_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as isort has it."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


def _is_apart(document: Document, line: int) -> bool:
    return line + 1 >= document.line_count or not document.line_text(line + 1).strip()
