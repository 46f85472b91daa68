"""What stands in a secret's place.

A placeholder has the secret's length, and each of its characters is of the same kind as the one it stands for: `x` for
a small letter, `X` for a capital, `0` for a digit, anything else as it was. So offsets, quotes and escapes stay, a
parser sees the same tokens, and the same secret always gives the same text, which a KV cache counts on. A placeholder's
placeholder is itself.
"""

from __future__ import annotations

import re
import string
from typing import Final

_SHAPE: Final = str.maketrans(
    string.ascii_lowercase + string.ascii_uppercase + string.digits,
    "x" * len(string.ascii_lowercase) + "X" * len(string.ascii_uppercase) + "0" * len(string.digits),
)
# Escapes of the common languages stay whole: `\x` in the place of `\n` would not parse.
_ESCAPE: Final = re.compile(
    r"(\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{4}|u\{[^}]*\}|U[0-9A-Fa-f]{8}|N\{[^}]*\}|[0-7]{1,3}|.)?)", re.DOTALL
)
_SHOWN: Final = re.compile(r"[xX0](?:[-_/+.!@#$%^&*?=~]?[xX0]){6,}")
_HEXADECIMAL: Final = re.compile(r"0[xX]0*")
_LEAST_LETTERS: Final = 3


def placeholder(secret: str) -> str:
    """Return the text to put in a secret's place."""
    if "\\" not in secret:
        return secret.translate(_SHAPE)
    pieces = _ESCAPE.split(secret)
    return "".join(piece if index % 2 else piece.translate(_SHAPE) for index, piece in enumerate(pieces))


def has_placeholder(text: str) -> bool:
    """Whether a text that a model wrote repeats a placeholder, or most of one, that it was shown.

    A secret of digits only, or of capitals only, leaves no trace that could be told from code.
    """
    return any(_is_placeholder(found.group()) for found in _SHOWN.finditer(text))


def _is_placeholder(run: str) -> bool:
    letters = run.count("x") + run.count("X")
    mixed = "x" in run or "0" in run
    return letters >= _LEAST_LETTERS and mixed and not _HEXADECIMAL.fullmatch(run)
