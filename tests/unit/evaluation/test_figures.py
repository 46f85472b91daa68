import pytest

from mendline.evaluation.figures import in_milliseconds


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([0.002], {"p50": 2.0, "p95": 2.0, "max": 2.0}),
        ([0.003, 0.001, 0.002], {"p50": 2.0, "p95": 3.0, "max": 3.0}),
        ([number / 1000 for number in range(101)], {"p50": 50.0, "p95": 95.0, "max": 100.0}),
    ],
)
def test_nearest_rank(seconds: list[float], expected: dict[str, float]) -> None:
    assert in_milliseconds(seconds) == expected


def test_nothing_measured_is_an_error() -> None:
    with pytest.raises(ValueError, match="no measurements"):
        in_milliseconds([])
