"""Reads a model's answer: the lines it rewrote, in the region's place, and imports for the file's beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from mendline.features.repair.import_lines import IMPORT_LINES
from mendline.prompts.repair import FENCE, indentation

_FENCE_LINE: Final = re.compile(r"^[ \t]*```[^\n`]*$", re.MULTILINE)
_BREAK: Final = re.compile(r"\r\n?|\n")
_MOST_COPIED: Final = 40


@frozen
class Reading:
    """One way to read an answer.

    Attributes:
        region: what the region becomes, with the region's line breaks; without the last one's.
        imports: import lines that the file doesn't have, for its beginning.
    """

    region: str
    imports: tuple[str, ...] = ()


def readings(answer: str, region: str, before: str, after: str, language: str) -> tuple[Reading, ...]:
    """The ways to read an answer, the likeliest first; none where it has no code in it.

    Args:
        answer: what the model wrote, its begun first line (the region's indentation) included.
        region: the lines that were to be rewritten.
        before: the document's text before them.
        after: its text behind them.
        language: the language id.
    """
    lines = _code(answer)
    imports, lines = _imports(lines, region, before, language)
    if not any(line.strip() for line in lines):
        return ()
    found: dict[Reading, None] = {}
    for each in _cuts(lines, region, before, after):
        text = "\n".join(_indented(each, indentation(region)))
        if text.strip():
            found[Reading(_with_breaks_of(text, region + after), imports)] = None
    return tuple(found)


def _code(answer: str) -> list[str]:
    """The lines of the answer's code: up to the fence, and without one that it begins with anew."""
    text = _BREAK.sub("\n", answer)
    begun = _FENCE_LINE.match(text.lstrip())
    if begun is not None:
        text = text.lstrip()[begun.end() :]
    end = _FENCE_LINE.search(text)
    # Prose before a fence: the code is what the fence holds.
    if end is not None and not begun and _is_prose(text[: end.start()]):
        text = text[end.end() :]
        end = _FENCE_LINE.search(text)
    return _without_blank_ends(text[: end.start() if end is not None else None].split("\n"))


def _without_blank_ends(lines: list[str]) -> list[str]:
    kept = [number for number, line in enumerate(lines) if line.strip()]
    return lines[kept[0] : kept[-1] + 1] if kept else []


def _is_prose(text: str) -> bool:
    words = text.strip()
    return not words or (words.endswith((":", ".")) and re.fullmatch(r"[A-Z][\w ,.'`\"()-]*[:.]", words) is not None)


def _imports(lines: list[str], region: str, before: str, language: str) -> tuple[tuple[str, ...], list[str]]:
    """The import lines at the answer's beginning that the region doesn't have, and the other lines."""
    pattern = IMPORT_LINES.get(language)
    had = {line.strip() for line in region.split("\n")}
    # A region with imports in it keeps them where the model has put them.
    if not before.strip() or (pattern is not None and any(pattern.match(line) for line in had)):
        return (), lines
    taken: list[str] = []
    rest = list(lines)
    while pattern is not None and rest:
        line = rest[0].strip()
        if line in had or (line and pattern.match(line) is None) or (not line and not taken):
            break
        if line and line not in taken:
            taken.append(line)
        rest.pop(0)
    known = {line.strip() for line in before.split("\n")}
    return tuple(line for line in taken if line not in known), rest


def _cuts(lines: list[str], region: str, before: str, after: str) -> Iterator[list[str]]:
    """The answer without the lines around the region that it has copied, then as it is."""
    lead = _copied(lines, _lines_of(before)[-_MOST_COPIED:])
    tail = _copied(lines[::-1], _lines_of(after)[:_MOST_COPIED][::-1])
    own = _lines_of(region)
    begins = bool(own) and lines[0].strip() == own[0].strip()
    ends = bool(own) and lines[-1].strip() == own[-1].strip() and len(lines) <= len(own)
    start = 0 if begins else lead
    end = len(lines) - (0 if ends else tail)
    if start < end and (start, end) != (0, len(lines)):
        yield _without_blank_ends(lines[start:end])
    yield lines


def _copied(lines: list[str], around: list[str]) -> int:
    """How many lines the answer begins with that are the last ones of `around`, blank lines not counted among them."""
    for start in range(len(around)):
        part = around[start:]
        have = [line.strip() for line in lines if line.strip()][: len(part)]
        if have == [line.strip() for line in part]:
            return _index_behind(lines, len(part))
    return 0


def _index_behind(lines: list[str], many: int) -> int:
    """The index behind so many lines with text."""
    for index, line in enumerate(lines):
        if many == 0:
            return index
        many -= bool(line.strip())
    return len(lines)


def _lines_of(text: str) -> list[str]:
    return [line for line in _BREAK.split(text) if line.strip()]


def _indented(lines: list[str], wanted: str) -> list[str]:
    """The lines moved so that the first one has the region's indentation."""
    first = lines[0]
    has = first[: len(first) - len(first.lstrip())]
    if has == wanted:
        return lines
    # A space more or less is how the model's words begin, and says nothing of the other lines.
    if wanted and abs(len(has) - len(wanted)) == 1:
        return [wanted + first.lstrip(), *lines[1:]]
    rest = [line[: len(line) - len(line.lstrip())] for line in lines[1:] if line.strip()]
    # The answer was begun with the indentation, and the model has written it once more.
    opens = first.rstrip().endswith((":", "{"))
    if has.startswith(wanted) and rest and not (_is_deeper(rest[0], has) if opens else _all_begin(rest, has)):
        return [wanted + first.lstrip(), *lines[1:]]
    return [wanted + line[len(has) :] if line.startswith(has) else line for line in lines]


def _is_deeper(indentation: str, than: str) -> bool:
    return indentation.startswith(than) and indentation != than


def _all_begin(indentations: list[str], with_: str) -> bool:
    return all(each.startswith(with_) for each in indentations)


def _with_breaks_of(text: str, document: str) -> str:
    found = _BREAK.search(document)
    return text if found is None or found.group() == "\n" else text.replace("\n", found.group())


__all__ = ["FENCE", "Reading", "readings"]
