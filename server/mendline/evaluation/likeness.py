"""How like two texts are."""

from __future__ import annotations

from rapidfuzz.distance import Indel


def is_exact(text: str, expected: str) -> bool:
    """Whether two texts are the same, but for white space at their ends."""
    return text.rstrip() == expected.rstrip()


def edit_similarity(text: str, expected: str) -> float:
    """Return 1 for equal texts, 0 for texts that have no character in common, white space at their ends left aside.

    It is one minus the number of characters to delete and insert, divided by the length of both texts together
    (rapidfuzz's normalised indel similarity, the `ratio` that CodeXGLUE and CrossCodeEval report as edit similarity).
    """
    return Indel.normalized_similarity(text.rstrip(), expected.rstrip())
