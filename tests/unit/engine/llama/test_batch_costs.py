from __future__ import annotations

import random

import pytest

from mendline.engine.llama.batch_costs import BatchCosts


def test_the_seed_is_the_measured_curve() -> None:
    costs = BatchCosts()
    assert [costs.seconds(tokens) for tokens in (1, 2, 4, 16, 64)] == [1.0, 1.6, 2.7, 7.0, 15.0]
    assert costs.seconds(5) == pytest.approx(3.2)
    assert costs.seconds(128) == pytest.approx(30.0)


def test_one_observation_gives_the_scale() -> None:
    for tokens, seconds in ((1, 0.043), (4, 0.043 * 2.7)):
        costs = BatchCosts()
        costs.observe(tokens, seconds)
        assert costs.seconds(16) == pytest.approx(0.301)


def test_a_machine_with_another_curve_is_learnt() -> None:
    costs = BatchCosts()
    for _ in range(60):
        for tokens in (1, 2, 3, 5, 10, 20, 40, 64):
            costs.observe(tokens, 0.004 + 0.0001 * tokens)
    for tokens in (1, 2, 5, 10, 30, 64):
        assert costs.seconds(tokens) == pytest.approx(0.004 + 0.0001 * tokens, rel=0.1)


def test_a_hiccup_changes_little() -> None:
    costs = BatchCosts()
    for _ in range(20):
        costs.observe(1, 0.04)
    costs.observe(1, 4.0)
    assert costs.seconds(1) < 0.06


def test_more_tokens_never_cost_less() -> None:
    costs = BatchCosts()
    draw = random.Random(1)
    for _ in range(300):
        costs.observe(draw.randint(1, 70), draw.uniform(0.001, 1.0))
    seconds = [costs.seconds(tokens) for tokens in range(1, 100)]
    assert seconds == sorted(seconds)


@pytest.mark.parametrize(("tokens", "seconds"), [(0, 1.0), (65, 1.0), (512, 3.0), (4, 0.0), (4, -1.0)])
def test_what_tells_nothing_is_passed_over(tokens: int, seconds: float) -> None:
    costs = BatchCosts()
    costs.observe(tokens, seconds)
    assert costs.seconds(1) == 1.0
