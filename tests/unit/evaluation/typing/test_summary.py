"""Answers summed up."""

from __future__ import annotations

from typing import Any

import pytest

from mendline.evaluation.typing.replay import Answer
from mendline.evaluation.typing.summary import percentiles, ratios, summed_up
from mendline.evaluation.typing.system import ENGINE, RECOMMENDED, SAME_CONTEXT, WHOLE_PATH, Cost
from mendline.evaluation.typing.traces import Kind


def test_percentiles_are_of_nearest_rank() -> None:
    assert percentiles([number / 1000 for number in range(101)]) == {"p50": 50, "p95": 95, "p99": 99, "max": 100}
    assert percentiles([]) is None


def test_keystrokes_and_arrivals_are_counted_apart() -> None:
    opened = Answer(Kind.OPEN, "", None, 9.0, 4.0, Cost(100, 100))
    typed = Answer(Kind.TYPE, "a", 0.1, 0.5, 0.2, Cost(102, 2, 0.04))
    overtaken = Answer(Kind.DELETE, "", 0.3, None, 0.4, Cost())
    figures = summed_up([opened, typed, overtaken], [opened, typed, typed], 3 << 20)
    assert figures == {
        "keystrokes": 2,
        "prompt_tokens": 101,
        "first_token_ms": {"p50": 100.0, "p95": 300.0, "p99": 300.0, "max": 300.0},
        "line_ms": {"p50": 500.0, "p95": 500.0, "p99": 500.0, "max": 500.0},
        "finished": 0.5,
        "computed_tokens": 2.0,
        "cpu_seconds": 0.3,
        "step_ms": 40.0,
        "arrivals": {"count": 1, "seconds": 9.0, "computed_tokens": 100.0, "cpu_seconds": 4.0},
        "same_text": 1.0,
        "resident_mib": 3,
    }


def test_what_is_not_known_is_none() -> None:
    silent = Answer(Kind.TYPE, "", None, None, 0.0, Cost())
    figures = summed_up([silent], [silent], 0)
    unknown = ("prompt_tokens", "first_token_ms", "line_ms", "computed_tokens", "step_ms", "same_text")
    assert all(figures[name] is None for name in unknown)


def times(first: float | None, line: float, step: float | None = None) -> dict[str, Any]:
    return {
        "first_token_ms": None if first is None else {"p50": first},
        "line_ms": {"p50": line},
        "step_ms": step,
    }


@pytest.mark.parametrize(
    ("contexts", "expected"),
    [
        ({}, []),
        ({"1024": {ENGINE: times(100, 500, 40)}}, []),
        ({"2048": {ENGINE: times(120, 500, 40)}}, [(3.0, 4)]),
        ({"512": {ENGINE: times(100, 1)}, "4096": {ENGINE: times(130, 1)}}, [(1.3, 1.5)]),
        (
            {"2048": {ENGINE: times(100, 200), SAME_CONTEXT: times(2000, 4000), RECOMMENDED: times(500, 800)}},
            [(0.05, 1 / 15), (0.2, 1 / 4), (0.05, None), (0.25, None)],
        ),
        ({"2048": {WHOLE_PATH: times(None, 200), SAME_CONTEXT: times(2000, 4000)}}, [(0.05, None)]),
    ],
)
def test_ratios_of_what_was_measured(
    contexts: dict[str, dict[str, Any]], expected: list[tuple[float, float | None]]
) -> None:
    assert [(ratio.measured, ratio.goal) for ratio in ratios(contexts)] == expected
