"""What a text that is cut off at its start stands in: the headers of the definitions around its first line.

Found by indentation alone, in the text before the cut: nothing that is typed after it changes them, whatever it does
to the tree, and a cached prompt begins with them.

By the same rule the definition around a line is found while its brackets are open and the tree has lost it.
"""

from __future__ import annotations

import re

from mendline.text.document import Document

_MOST_LINES = 4000
"""Lines looked at upwards: a scope that begins further above is not shown."""
_BLOCK = 128
_MOST_HEADER_LINES = 24
_MOST_CHARACTERS = 1000
_TAB_WIDTH = 4

_CLOSER = re.compile(r"\s*[)\]}]")
_DEFINES = re.compile(
    r"^\s*(?:[\w@#\[\]().,<>'\"]+\s+)*?"
    r"(?:class|def|fn|func|fun|function|interface|impl|trait|struct|enum|union|namespace|module|mod|object|record|type)\b"
)
_METHOD = re.compile(r"^\s*[\w$<>\[\],.*&:?~ ]*[\w$>\]]\s*\(.*\{\s*$")
_CONTROL = re.compile(r"^\s*(?:\}\s*)?(?:if|for|foreach|while|switch|catch|else|do|try|with|return|match|when|await)\b")
_ATTACHED = re.compile(r"^\s*(?:@\w|#\[)")


def headers(document: Document, start: int, most_bytes: int) -> str:
    r"""The headers, outermost first, each with the decorators above it, lines ended by `\n`.

    Args:
        document: the text.
        start: where the cut is, in code points, at the start of a line.
        most_bytes: UTF-8 bytes; outer headers are left out where all are longer.
    """
    first = document.line_at(start)
    inner = _width(_first_text(document, first))
    found: list[str] = []
    left = most_bytes
    number = first
    while inner > 0:
        number = _shallower(document, number, inner, first - _MOST_LINES)
        if number < 0:
            break
        inner = _width(document.line_text(number))
        lines, number = _header(document, number)
        size = sum(len(line.encode("utf-8", "surrogatepass")) + 1 for line in lines)
        if not lines:
            continue
        if size > left:
            break
        left -= size
        found[:0] = lines
    return "".join(f"{line}\n" for line in found)


def definition_around(document: Document, line: int) -> tuple[int, int] | None:
    """The first and the last line of the innermost definition around a line, by indentation; None at the top."""
    width = _width(_last_text(document, line))
    number = line
    while width > 0:
        number = _shallower(document, number, width, line - _MOST_LINES)
        if number < 0:
            return None
        width = _width(document.line_text(number))
        lines, number = _header(document, number)
        if lines:
            return number, _last_deeper(document, line, width)
    return None


def _last_text(document: Document, line: int) -> str:
    """The last line up to `line` that is not blank."""
    texts = document.line_texts(line - _BLOCK, line + 1)
    return next((text for text in reversed(texts) if text.strip()), "")


def _last_deeper(document: Document, line: int, width: int) -> int:
    """The last line from `line` on before one that is indented by no more than `width`."""
    for number, text in enumerate(document.line_texts(line + 1, line + _MOST_LINES), line + 1):
        if text and not text.isspace() and _width(text) <= width and not _CLOSER.match(text):
            return number - 1
    return min(line + _MOST_LINES, document.line_count) - 1


def _first_text(document: Document, line: int) -> str:
    """The first line from `line` on that is not blank."""
    texts = document.line_texts(line, line + _BLOCK)
    return next((text for text in texts if text.strip()), "")


def _shallower(document: Document, before: int, width: int, least: int) -> int:
    """The nearest line above `before` that is indented less than `width`; -1 without any above line `least`."""
    end = before
    while end > max(least, 0):
        begin = max(end - _BLOCK, least, 0)
        texts = document.line_texts(begin, end)
        for at in range(len(texts) - 1, -1, -1):
            text = texts[at]
            # Most lines begin with enough blanks, and need no closer look.
            if text and not text[:width].isspace() and _is_shallower(text, width):
                return begin + at
        end = begin
    return -1


def _is_shallower(text: str, width: int) -> bool:
    return not text.isspace() and _width(text) < width and not text.lstrip().startswith("#")


def _header(document: Document, last: int) -> tuple[list[str], int]:
    """The lines of the header that ends at line `last`, with its decorators, and the first one's number.

    Empty where that is no definition's.
    """
    begin = last
    if _CLOSER.match(document.line_text(last)):
        # `) -> int:` closes what a line of the same indentation opened.
        width = _width(document.line_text(last))
        begin = next(
            (
                number
                for number in range(last - 1, max(last - _MOST_HEADER_LINES, -1), -1)
                if (text := document.line_text(number)).strip() and _width(text) <= width
            ),
            last,
        )
    lines = document.line_texts(begin, last + 1)
    if not _is_definition(" ".join(lines)):
        return [], begin
    while begin > 0 and len(lines) < _MOST_HEADER_LINES and _ATTACHED.match(document.line_text(begin - 1)):
        begin -= 1
        lines.insert(0, document.line_text(begin))
    return lines, begin


def _is_definition(line: str) -> bool:
    if len(line) > _MOST_CHARACTERS or _CONTROL.match(line):
        return False
    return _DEFINES.match(line) is not None or _METHOD.match(line) is not None


def _width(line: str) -> int:
    body = line.lstrip(" \t")
    return len(line[: len(line) - len(body)].expandtabs(_TAB_WIDTH))
