"""What makes letters a word, and a line worth knowing again."""

from __future__ import annotations

from typing import Final

_LEAST_TELLING: Final = 3


def is_word(character: str) -> bool:
    """Whether a character may be part of a name."""
    return character.isalnum() or character == "_"


def is_telling(text: str) -> bool:
    """Whether a text has letters and digits enough to say something: closing brackets repeat in all code."""
    return sum(map(str.isalnum, text)) >= _LEAST_TELLING
