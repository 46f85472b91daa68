from __future__ import annotations

import math

import pytest

from mendline.engine.protocol import Token
from mendline.features.completion.confidence import confidence

SURE, UNSURE = Token("ab", 0.0), Token("cd", math.log(0.25))
UNKNOWN = Token("ef", math.nan)


@pytest.mark.parametrize(
    ("tokens", "characters", "expected"),
    [
        ((SURE,), 2, 1.0),
        ((UNSURE,), 2, 0.25),
        ((SURE, UNSURE), 4, 0.5),
        # Only what is shown counts; a token that is shown in part does.
        ((SURE, UNSURE), 2, 1.0),
        ((SURE, UNSURE), 3, 0.5),
        ((), 3, None),
        ((SURE,), 0, None),
        ((SURE, UNKNOWN), 4, None),
        ((SURE, UNKNOWN), 2, 1.0),
        ((Token("", math.log(0.25)), SURE), 2, 0.5),
    ],
)
def test_mean_probability_of_the_tokens_shown(
    tokens: tuple[Token, ...], characters: int, expected: float | None
) -> None:
    assert confidence(tokens, characters) == (None if expected is None else pytest.approx(expected))
