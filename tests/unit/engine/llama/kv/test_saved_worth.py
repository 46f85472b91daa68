"""When a prompt state on disk pays."""

from __future__ import annotations

import pytest

from mendline.engine.llama.kv.saved import worth_restoring, worth_saving


@pytest.mark.parametrize(
    ("tokens", "rate", "bytes_per_token", "pays"),
    [
        (2048, 120, 28 << 10, True),
        (256, 120, 28 << 10, True),
        (255, 120, 28 << 10, False),
        (2048, 3000, 28 << 10, True),
        (2048, 6000, 28 << 10, False),
        (8192, 6000, 28 << 10, False),
        (2048, 900, 128 << 10, False),
        (2048, 0, 28 << 10, True),
    ],
)
def test_when_it_pays(tokens: int, rate: float, bytes_per_token: int, pays: bool) -> None:
    assert worth_saving(tokens, rate, bytes_per_token) is pays


@pytest.mark.parametrize(
    ("shared", "rate", "pays"),
    [
        (255, 100, False),
        (256, 100, True),
        (256, 300, False),
        (1024, 300, True),
        (4096, 2000, True),
        (1024, 2000, False),
    ],
)
def test_a_long_file_for_little_in_common_pays_less(shared: int, rate: float, pays: bool) -> None:
    assert worth_restoring(shared, 4096 * (28 << 10), rate) is pays
