from __future__ import annotations

import pytest

from mendline.features.completion import gives_way
from mendline.features.completion.replacing import CLEARLY_BETTER
from support.asking import suggestion_in

PLACE = "x = ˇ"


@pytest.mark.parametrize(
    ("fresh", "confidence", "expected"),
    [
        ("first + second", 0.1, True),
        ("first", 0.1, True),
        ("fir", 0.5, False),
        ("other", 0.5, False),
        ("other", 0.5 + CLEARLY_BETTER - 0.01, False),
        ("other", 0.5 + CLEARLY_BETTER, True),
        ("other", None, False),
    ],
)
def test_only_what_extends_it_or_is_clearly_better_replaces_it(
    fresh: str, confidence: float | None, expected: bool
) -> None:
    assert gives_way(suggestion_in(PLACE, "first", 0.5), suggestion_in(PLACE, fresh, confidence)) is expected


def test_without_a_confidence_nothing_is_better() -> None:
    assert not gives_way(suggestion_in(PLACE, "first", None), suggestion_in(PLACE, "other", 1.0))
    assert not gives_way(suggestion_in("f(ˇ«)»", "first)", 0.5), suggestion_in("f(ˇ)", "first) + 1", 0.5))
