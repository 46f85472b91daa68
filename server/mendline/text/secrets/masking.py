"""Masks the secrets in a text: same length, same lines, same tokens to a parser, and nothing to give away."""

from __future__ import annotations

import functools
import re
from typing import Final

from mendline.text.secrets import assignments, key_blocks
from mendline.text.secrets.formats import formats_in
from mendline.text.secrets.placeholder import placeholder

# A text is looked at in paragraphs, each remembered, so that a keystroke costs one paragraph's search. Nothing but key
# blocks reaches over a line, so a longer paragraph may be cut into lines.
_LONGEST_PARAGRAPH: Final = 4000
_REMEMBERED: Final = 32_768
_REACH: Final = 32_768


def mask(text: str) -> str:
    """Replace the value of each secret in `text` by a placeholder of the same length (`placeholder`).

    The names that values are given to stay, and so do prefixes that tell an issuer. Line breaks are where they were.
    What is masked once is not changed by another call. Known limits: a secret cut in two by the beginning or the end of
    `text`, values without form or name, and values on another line than their name.

    Returns:
        The masked text; `text` itself when there is no secret in it.
    """
    masked = key_blocks.mask_key_blocks(text) if key_blocks.HINT in text else text
    paragraphs = masked.split("\n\n")
    long = max(map(len, paragraphs)) > _LONGEST_PARAGRAPH
    quiet = list(map(_mask_paragraph if long else _mask_lines, paragraphs))
    if quiet != paragraphs:
        masked = "\n\n".join(quiet)
    return text if masked == text else masked


def mask_around(text: str, offset: int) -> str:
    """Mask `text` as far as a prompt reaches from `offset`, at a cost that does not grow with the text.

    Args:
        text: the text, of which 32,768 code points on either side are looked at.
        offset: the middle, in code points.
    """
    start, end = max(0, offset - _REACH), offset + _REACH
    if start > 0:
        start = text.find("\n", start, offset) + 1 or start
    near = text[start:end]
    masked = mask(near)
    return text if masked is near else f"{text[:start]}{masked}{text[end:]}"


def _mask_paragraph(text: str) -> str:
    return _mask_lines(text) if len(text) <= _LONGEST_PARAGRAPH else "\n".join(map(_mask_lines, text.split("\n")))


@functools.lru_cache(maxsize=_REMEMBERED)
def _mask_lines(text: str) -> str:
    """Mask until nothing changes: what one rule has masked may let another one see more. Each round masks more."""
    while True:
        masked = _masked_once(text)
        if masked == text:
            return text
        text = masked


def _masked_once(text: str) -> str:
    for kind in formats_in(text):
        text = kind.pattern.sub(_masked, text)
    return assignments.mask_assignments(text)


def _masked(found: re.Match[str]) -> str:
    whole, start, end = found.group(), *(edge - found.start() for edge in found.span("secret"))
    return f"{whole[:start]}{placeholder(whole[start:end])}{whole[end:]}"
