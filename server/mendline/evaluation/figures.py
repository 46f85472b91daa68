"""Many measurements in a few numbers."""

from __future__ import annotations

from collections.abc import Sequence


def in_milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and the maximum (nearest rank), in milliseconds.

    Raises:
        ValueError: there is nothing to sum up.
    """
    if not seconds:
        raise ValueError("no measurements")
    ordered = sorted(seconds)
    last = len(ordered) - 1
    ranks = {"p50": round(0.5 * last), "p95": round(0.95 * last), "max": last}
    return {name: round(1000 * ordered[rank], 3) for name, rank in ranks.items()}
