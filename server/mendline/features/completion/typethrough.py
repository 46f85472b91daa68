"""Type-through: what is left of a suggestion when the user has typed, or taken over, its beginning.

A suggestion was checked in one document only: the one it leads to. So whatever is left of it is served only if it leads
to exactly that document again, character by character. Then the verdict of the gate holds, and the model would be asked
for what is there already.
"""

from __future__ import annotations

import re

import attrs

from mendline.features.completion.asked import Asked
from mendline.features.completion.outcome import SelectedCompletion, Suggestion
from mendline.text.document import Range

# What editors insert by themselves behind the cursor when an opening bracket or a quote is typed.
_CLOSERS = re.compile(r"[\s)\]}>\"'`]{1,200}")


def remainder(origin: Asked, suggestion: Suggestion, asked: Asked) -> Suggestion | None:
    """Return what is left of a suggestion at another place, or None where it does not go on from there.

    It does where the document is the origin's with the suggestion's beginning typed at its cursor, and behind that at
    most closing brackets and quotes which the suggestion has as well. Text is taken back, too, down to the cursor the
    suggestion was made for.

    Args:
        origin: the request the suggestion was made for.
        suggestion: the suggestion.
        asked: the request now.
    """
    if origin.is_same_place(asked):
        return suggestion
    start = _start(origin, suggestion, asked)
    if start is None:
        return None
    old, now, cursor = origin.text, asked.text, asked.offset
    end = len(now) - (len(old) - suggestion.range.end)
    typed = now[suggestion.range.start : cursor]
    # In the order of their cost: the last two compare what may be megabytes.
    agrees = (
        end >= cursor
        and suggestion.text.startswith(typed)
        and now[: suggestion.range.start] == old[: suggestion.range.start]
        and now[end:] == old[suggestion.range.end :]
    )
    replaced, rest = now[cursor:end], suggestion.text[len(typed) :]
    by_itself = old[origin.offset : suggestion.range.end]
    if not agrees or replaced.strip() == rest.strip() or not _may_replace(replaced, rest, by_itself):
        return None
    common = _common_end(replaced, rest) if _has_break(replaced) else 0
    kept = len(rest) - common
    # Neither the protocol nor any editor knows a range that spans lines.
    if _has_break(replaced[: len(replaced) - common]) or not rest[:kept].strip():
        return None
    return attrs.evolve(suggestion, text=now[start:cursor] + rest[:kept], range=Range(start, end - common))


def _start(origin: Asked, suggestion: Suggestion, asked: Asked) -> int | None:
    """Return where the rest's range begins: at the cursor, or where the popup's item does; None for neither."""
    if not origin.offset <= asked.offset <= suggestion.range.start + len(suggestion.text):
        return None
    made_for, item = origin.selected, asked.selected
    if made_for is not None and not _same_item(made_for, item):
        # Another item, or none: the suggestion holds once its own item is in the document.
        typed = asked.offset - made_for.range.start
        if typed < len(made_for.text):
            return None
    if item is None:
        return asked.offset
    begin = item.range.start
    if not suggestion.range.start <= begin <= asked.offset == item.range.end:
        return None
    rest = suggestion.text[begin - suggestion.range.start :]
    return begin if rest.startswith(item.text) and len(rest) > len(item.text) else None


def _same_item(one: SelectedCompletion, other: SelectedCompletion | None) -> bool:
    # The item's range grows with what is typed of it.
    return other is not None and one.text == other.text and one.range.start == other.range.start


def _may_replace(replaced: str, rest: str, by_itself: str) -> bool:
    """Whether what lies behind the cursor may go: the suggestion replaces it by itself, or brings it along."""
    if not replaced or replaced == by_itself:
        return True
    remaining = iter(rest)
    return _CLOSERS.fullmatch(replaced) is not None and all(character in remaining for character in replaced)


def _common_end(left: str, right: str) -> int:
    length = 0
    for one, other in zip(reversed(left), reversed(right), strict=False):
        if one != other:
            break
        length += 1
    return length


def _has_break(text: str) -> bool:
    return "\n" in text or "\r" in text
