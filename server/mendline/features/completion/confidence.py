"""How sure the model is of what would be shown."""

from __future__ import annotations

import math
from collections.abc import Iterable

from mendline.engine.protocol import Token


def confidence(tokens: Iterable[Token], characters: int) -> float | None:
    """Return the geometric mean of the probabilities of the tokens that make up the text's first characters.

    This is `exp` of the mean log-probability: it does not fall with the text's length, as the product would.

    Args:
        tokens: the tokens as they came.
        characters: how many characters of their text are shown; tokens that start after them don't count.

    Returns:
        A value from 0 to 1; None when nothing is shown or a probability is not known.
    """
    position = 0
    logprobs: list[float] = []
    for token in tokens:
        if position >= characters:
            break
        logprobs.append(token.logprob)
        position += len(token.text)
    if not logprobs or any(math.isnan(logprob) for logprob in logprobs):
        return None
    return min(1.0, math.exp(math.fsum(logprobs) / len(logprobs)))
