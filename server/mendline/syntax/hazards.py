"""Input that crashes a grammar's scanner, and the process with it; it must never reach the parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mendline.syntax.languages import Language

# tree-sitter-yaml 0.7.2 writes its stack of indents past the end of a fixed buffer at 254 levels. A column opens two
# levels at most (a mapping and a sequence in it), an indicator within a line one: these bounds keep below that.
_HAZARDS: Final[Mapping[str, re.Pattern[bytes]]] = {
    "yaml": re.compile(rb"(?:\A|[\r\n])[ \t\-?:]{100}|(?:[\-?:][ \t]+){40}"),
}


def is_hazardous(language: Language, source: bytes) -> bool:
    """Whether parsing this source could crash the process. May err on the side of caution."""
    pattern = _HAZARDS.get(language.id)
    return pattern is not None and pattern.search(source) is not None
