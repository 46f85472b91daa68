"""The definitions around a place, as far as lines and their indentation tell."""

from __future__ import annotations

import re
from typing import Final

from mendline.features.completion.site import indentation
from mendline.text.document import Document

_MOST_LINES: Final = 400
DEFINITION: Final = re.compile(
    r"\s*(?:@|(?:export|default|pub|public|private|protected|static|abstract|async)\s+)*"
    r"(?:def|class|function|fn|func|impl|struct|enum|interface|trait|module|type|local function)\b|\s*@"
)
"""A line that starts a definition, in any of the languages."""


def headers(document: Document, offset: int) -> tuple[int, ...]:
    """Return the indentations of the headers of the definitions around an offset, innermost first.

    Looks at up to 400 lines before the cursor's. A header that is not one (a line in a string that looks like it)
    does no harm worth a parse: it only bounds how far a text may go on.
    """
    line = document.line_at(offset)
    least = 1 << 16
    found: list[int] = []
    for text in reversed(document.line_texts(max(0, line - _MOST_LINES), line)):
        if not text.strip():
            continue
        columns = indentation(text)
        if columns < least and DEFINITION.match(text):
            found.append(columns)
        least = min(least, columns)
        if least == 0 and found and found[-1] == 0:
            break
    return tuple(found)
