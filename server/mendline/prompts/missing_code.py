"""The request, in words, to write code that is missing in a file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mendline.engine.protocol import Message, Role

_SYSTEM = "You are a careful programmer."
_ASKED = (
    "Replace {hole} in this {language} file with the code that is missing there. "
    "Write the whole file, change nothing else."
)
FENCE = "```"
"""What ends the answer's code."""


def missing_code(prefix: str, suffix: str, language: str, needed: Sequence[str] = ()) -> tuple[Message, ...]:
    """Return a chat that asks for a file in which something is missing, its answer begun with what stands before.

    So the answer goes on with what is missing, and then with `suffix`.

    Args:
        prefix: the text before the place; ends with a line break, or empty.
        suffix: the text behind it.
        language: as its users write it; may be empty.
        needed: names that the code has to define.
    """
    hole = _hole(prefix + suffix)
    fence = FENCE + re.sub(r"[^a-z0-9+#]", "", language.lower())
    asked = _ASKED.format(hole=hole, language=language).replace("  ", " ")
    if needed:
        asked += f" It has to define {', '.join(needed)}."
    return (
        Message(Role.SYSTEM, _SYSTEM),
        Message(Role.USER, f"{asked}\n\n{fence}\n{prefix}{hole}{suffix}\n{FENCE}"),
        Message(Role.ASSISTANT, f"{fence}\n{prefix}"),
    )


def _hole(text: str) -> str:
    """A sign that isn't in the text."""
    hole, number = "<FILL>", 1
    while hole in text:
        number += 1
        hole = f"<FILL_{number}>"
    return hole
