"""Whether a suggestion says again what stands after the cursor: a rule apart from the pipeline's filters."""

from __future__ import annotations

_LEAST_TELLING = 3
"""Letters and digits of a line worth comparing: closing brackets repeat in all code."""


def repeats_following(before: str, text: str, after: str, expected: str) -> bool:
    """Tell whether a suggestion repeats the text that follows it.

    It does if the last of its lines that are not blank is the next line that is not blank after the cursor, leading
    and trailing white space left aside, and has at least three letters or digits. A suggestion of one line is compared
    with what stands before it on its line, too, and the text that follows the cursor on its own line counts as a line.
    What stood there before is never a repetition: where that ends in the same line, the code just is so.

    Args:
        before: the document before the suggestion.
        text: the suggestion.
        after: the document after it.
        expected: what stood in its place.
    """
    following = next((line.strip() for line in after.split("\n") if line.strip()), "")
    if sum(map(str.isalnum, following)) < _LEAST_TELLING:
        return False
    return following in _last_lines(before, text) and following not in _last_lines(before, expected)


def _last_lines(before: str, text: str) -> tuple[str, ...]:
    """The text's last line as it is, and as it stands in the document."""
    head, _, last = text.rstrip().rpartition("\n")
    if head.strip():
        return (last.strip(),)
    line = (before + text.rstrip()).rpartition("\n")[2]
    return (last.strip(), line.strip()) if last.strip() else ()
