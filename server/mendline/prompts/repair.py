"""The request, in words, to rewrite lines of a file so that a problem is gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from mendline.engine.protocol import Message, Role

FENCE: Final = "```"
"""What ends the answer's code."""

_SYSTEM: Final = "You are a careful programmer."
_MOST_COMPLAINTS: Final = 3


@frozen
class Lines:
    """The lines to rewrite, and the text around them.

    Attributes:
        before: the text before them that is shown; ends with a line break, or is empty.
        region: the lines, without the last line's break.
        after: the text behind them that is shown, from its first line's beginning.
    """

    before: str
    region: str
    after: str


@frozen
class Tried:
    """A rewriting that was not good enough.

    Attributes:
        region: what the lines became.
        complaints: what is wrong with it, a sentence each.
    """

    region: str
    complaints: tuple[str, ...]


def repair(
    lines: Lines,
    language: str,
    complaint: str,
    *,
    notes: Sequence[str] = (),
    may_import: bool = False,
    tried: Sequence[Tried] = (),
) -> tuple[Message, ...]:
    """Return a chat that asks for the lines without the problem, its answer begun with their indentation.

    One space of it is left to the model: its words begin with one, and behind the whole indentation it would write
    one space more.

    The beginning is the same whatever was tried, so that it is computed once.

    Args:
        lines: what to rewrite.
        language: as its users write it; may be empty.
        complaint: what is wrong, in words, with the line it is about.
        notes: what is known of related places, a sentence each.
        may_import: whether the answer may begin with an import that the file lacks.
        tried: earlier rewritings, the best last.
    """
    fence = FENCE + re.sub(r"[^a-z0-9+#]", "", language.lower())
    whole = not (lines.before.strip() or lines.after.strip())
    parts = [_shown(lines, fence, language, whole=whole), complaint]
    parts += notes
    parts += [_failed(each, fence) for each in tried]
    parts.append(_asked(lines.region, fence, whole=whole, may_import=may_import, again=bool(tried)))
    return (
        Message(Role.SYSTEM, _SYSTEM),
        Message(Role.USER, "\n\n".join(parts)),
        Message(Role.ASSISTANT, f"{fence}\n{indentation(lines.region).removesuffix(' ')}"),
    )


def indentation(region: str) -> str:
    """The white space that the first line with text begins with."""
    line = next((line for line in region.split("\n") if line.strip()), "")
    return line[: len(line) - len(line.lstrip())]


def _shown(lines: Lines, fence: str, language: str, *, whole: bool) -> str:
    what = f"This {language} code" if language else "This code"
    text = lines.region if whole else f"{lines.before}{lines.region}\n{lines.after}"
    return f"{what} has a bug:\n\n{fence}\n{text.strip(chr(10))}\n{FENCE}"


def _failed(tried: Tried, fence: str) -> str:
    complaints = "\n".join(tried.complaints[:_MOST_COMPLAINTS])
    return f"This was tried and is wrong:\n\n{fence}\n{tried.region}\n{FENCE}\n\n{complaints}"


def _asked(region: str, fence: str, *, whole: bool, may_import: bool, again: bool) -> str:
    other = " in another way" if again else ""
    imports = " If an import is missing, write it first." if may_import else ""
    if whole:
        return f"Write the code again{other} with the bug fixed. Change nothing else.{imports}"
    asked = f"Write only these lines again{other} with the bug fixed. Change nothing else.{imports}"
    return f"{asked}\n\n{fence}\n{region}\n{FENCE}"
