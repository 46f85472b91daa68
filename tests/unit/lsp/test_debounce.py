from __future__ import annotations

import pytest

from mendline.features.completion import Trigger
from mendline.lsp.debounce import FIRST_SECONDS, LEAST_SECONDS, MOST_SECONDS, PAUSE_SECONDS, Debounce
from mendline.settings.model import CompletionSettings

AUTO = CompletionSettings()


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
    assert Debounce().delay(trigger, CompletionSettings(debounce_ms=setting), "word", 0.0) == expected


@pytest.mark.parametrize(("took", "expected"), [(0.001, LEAST_SECONDS), (0.4, 0.1), (30.0, MOST_SECONDS)])
def test_auto_goes_with_what_suggestions_take(took: float, expected: float) -> None:
    debounce = Debounce()
    for _ in range(60):
        debounce.observe(took)
    assert debounce.delay(Trigger.AUTOMATIC, AUTO, "word", 0.0) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(
    ("before", "waits"),
    [
        ("", False),
        ("import os.", False),
        ("print(", False),
        ("x =", False),
        ("x = ", False),
        ("x =  ", True),
        ("f(a, ", False),
        ("def f():\n", False),
        ("def f():\r\n\t    ", False),
        ("x\r", False),
        ("value", True),
        ("value ", True),
        ("f(a)", True),
        ("a." + "x" * 300, True),
        ("\n" + "x" * 300 + "    ", True),
    ],
)
def test_at_a_natural_stop_there_is_no_wait(before: str, waits: bool) -> None:
    assert (Debounce().delay(Trigger.AUTOMATIC, AUTO, before, 0.0) > 0) is waits
    # Who sets a number means it.
    assert Debounce().delay(Trigger.AUTOMATIC, CompletionSettings(debounce_ms=50), before, 0.0) == 0.05


def typing(*gaps: float) -> tuple[Debounce, float]:
    """Somebody who has typed with these gaps, and the time of the last keystroke."""
    debounce, now = Debounce(), 100.0
    debounce.typed(now)
    for gap in gaps:
        now += gap
        debounce.typed(now)
    return debounce, now


@pytest.mark.parametrize(
    ("gaps", "later", "expected"),
    [
        # Overdue after 1.25 of the usual gap, where that is more than the 75 ms there are anyway, but not over twice.
        ((0.1,) * 60, 0.0, 0.125),
        ((0.05,) * 60, 0.0, FIRST_SECONDS),
        ((0.2,) * 60, 0.0, FIRST_SECONDS),
        # A pause ends the burst, and so does the time that has gone by.
        ((*(0.1,) * 60, 3.0), 0.0, FIRST_SECONDS),
        ((0.1,) * 60, PAUSE_SECONDS * 2, FIRST_SECONDS),
        # Pauses don't count into the rhythm.
        ((*(0.1,) * 60, 3.0, 0.1), 0.0, 0.125),
        ((), 0.0, FIRST_SECONDS),
    ],
)
def test_in_a_burst_the_wait_lasts_until_the_next_keystroke_is_overdue(
    gaps: tuple[float, ...], later: float, expected: float
) -> None:
    debounce, now = typing(*gaps)
    assert debounce.delay(Trigger.AUTOMATIC, AUTO, "word", now + later) == pytest.approx(expected, rel=0.01)


def test_no_burst_makes_the_wait_longer_than_the_longest() -> None:
    debounce, now = typing(*(0.3,) * 60)
    for _ in range(60):
        debounce.observe(0.9)
    assert debounce.delay(Trigger.AUTOMATIC, AUTO, "word", now) == MOST_SECONDS
