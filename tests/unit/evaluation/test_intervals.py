"""Intervals hold what they should, and are the same each time."""

from __future__ import annotations

import pytest

from mendline.evaluation.intervals import difference, mean, share


@pytest.mark.parametrize(
    ("count", "of", "expected"),
    [
        (0, 10, (0.0, 0.0, 0.2775)),
        (10, 10, (1.0, 0.7225, 1.0)),
        (5, 10, (0.5, 0.2366, 0.7634)),
        (79, 100, (0.79, 0.7002, 0.8583)),
        (1, 1, (1.0, 0.2065, 1.0)),
    ],
)
def test_wilson(count: int, of: int, expected: tuple[float, float, float]) -> None:
    found = share([True] * count + [False] * (of - count))
    assert (found["count"], found["of"]) == (count, of)
    assert (found["share"], found["low"], found["high"]) == pytest.approx(expected, abs=1e-4)


def test_a_share_of_nothing() -> None:
    assert share([]) == {"count": 0, "of": 0}


def test_a_mean_of_independent_values_has_the_normal_interval() -> None:
    values = [float(number % 2) for number in range(400)]
    found = mean(values, range(400))
    assert found["mean"] == 0.5
    assert (found["low"], found["high"]) == pytest.approx((0.451, 0.549), abs=0.006)
    assert mean(values, range(400)) == found


def test_another_seed_draws_otherwise() -> None:
    values = [number**0.5 for number in range(50)]
    assert mean(values, range(50), seed=1) != mean(values, range(50), seed=2)


def test_values_of_one_group_count_as_one() -> None:
    values = [float(number < 200) for number in range(400)]
    wide = mean(values, [number // 100 for number in range(400)])
    assert (wide["low"], wide["high"]) == (0.0, 1.0)
    assert mean(values, ["same"] * 400) == {"mean": 0.5, "low": 0.5, "high": 0.5}


def test_a_difference_item_by_item() -> None:
    values = [True] * 6 + [False] * 4
    control = [True] * 3 + [False] * 5 + [True] * 2
    found = difference(values, control, range(10))
    assert {name: found[name] for name in ("points", "both", "only_this", "only_control", "neither")} == {
        "points": 10.0,
        "both": 3,
        "only_this": 3,
        "only_control": 2,
        "neither": 2,
    }
    assert found["low"] < 0 < found["high"]
    assert difference(values, values, range(10))["low"] == 0.0
