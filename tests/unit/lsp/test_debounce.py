from __future__ import annotations

import pytest

from mendline.features.completion import Trigger
from mendline.lsp.debounce import FIRST_SECONDS, LEAST_SECONDS, MOST_SECONDS, Debounce
from mendline.settings.model import CompletionSettings


@pytest.mark.parametrize(
    ("trigger", "setting", "expected"),
    [
        (Trigger.INVOKED, "auto", 0.0),
        (Trigger.INVOKED, 300, 0.0),
        (Trigger.AUTOMATIC, "auto", FIRST_SECONDS),
        (Trigger.AUTOMATIC, 300, 0.3),
        (Trigger.AUTOMATIC, 0, 0.0),
    ],
)
def test_delay(trigger: Trigger, setting: int | str, expected: float) -> None:
    assert Debounce().delay(trigger, CompletionSettings(debounce_ms=setting)) == expected


@pytest.mark.parametrize(("took", "expected"), [(0.001, LEAST_SECONDS), (0.4, 0.1), (30.0, MOST_SECONDS)])
def test_auto_goes_with_what_suggestions_take(took: float, expected: float) -> None:
    debounce = Debounce()
    for _ in range(60):
        debounce.observe(took)
    assert debounce.delay(Trigger.AUTOMATIC, CompletionSettings()) == pytest.approx(expected, rel=0.01)
