from __future__ import annotations

import math

import numpy as np
import pytest

from mendline.engine.errors import EngineError
from mendline.engine.llama.sampling import log_probability


def test_probabilities_sum_to_one() -> None:
    logits = np.random.default_rng(0).normal(0, 9, 5000).astype(np.float32)
    total = sum(math.exp(log_probability(logits, token)) for token in range(len(logits)))
    assert total == pytest.approx(1, abs=1e-4)


def test_a_token_that_is_ruled_out_has_no_probability() -> None:
    logits = np.array([1e30, -np.inf, 1e30], np.float32)
    assert log_probability(logits, 0) == pytest.approx(math.log(0.5))
    assert log_probability(logits, 1) == -math.inf


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_no_numbers_are_an_error(broken: float) -> None:
    with pytest.raises(EngineError):
        log_probability(np.full(4, broken, np.float32), 0)
