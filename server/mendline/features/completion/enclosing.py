"""The definitions around a place, as far as lines and their indentation tell."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from mendline.features.completion.site import indentation
from mendline.text.document import Document

_MOST_LINES: Final = 400
DEFINITION: Final = re.compile(
    r"\s*(?:@|(?:export|default|pub|public|private|protected|static|abstract|async)\s+)*"
    r"(?:(?P<function>def|function|fn|func|local function)|class|impl|struct|enum|interface|trait|module|type)\b|\s*@"
)
"""A line that starts a definition, in any of the languages."""


@frozen
class Header:
    """The first line of a definition.

    Attributes:
        columns: its indentation.
        is_function: whether it defines a function, or a method.
    """

    columns: int
    is_function: bool = False


def headers(document: Document, offset: int) -> tuple[Header, ...]:
    """Return the headers of the definitions around an offset, innermost first.

    Looks at up to 400 lines before the cursor's. A header that is not one (a line in a string that looks like it)
    does no harm worth a parse: it only bounds how far a text may go on.
    """
    line = document.line_at(offset)
    least = 1 << 16
    found: list[Header] = []
    for text in reversed(document.line_texts(max(0, line - _MOST_LINES), line)):
        if not text.strip() or text.lstrip().startswith(")"):
            continue  # The end of a header of several lines stands as far left as its beginning, which counts.
        columns = indentation(text)
        definition = DEFINITION.match(text) if columns < least else None
        if definition is not None:
            found.append(Header(columns, definition["function"] is not None))
        least = min(least, columns)
        if least == 0 and definition is not None:
            break
    return tuple(found)
