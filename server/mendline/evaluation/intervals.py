"""How sure a measured share or mean is: 95 % confidence intervals."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

_Z = 1.959964
"""The normal distribution's 97.5 % quantile."""
_DRAWS = 2000


def share(values: Sequence[bool]) -> dict[str, float]:
    """Return how often something was so, between 0 and 1, with Wilson's interval.

    Returns:
        `count`, `of`, and unless there is nothing to count `share`, `low` and `high`. The interval takes the values as
        independent of each other (E. B. Wilson, *Probable Inference*, 1927).
    """
    count, of = sum(values), len(values)
    if not of:
        return {"count": 0, "of": 0}
    middle = (count + _Z**2 / 2) / (of + _Z**2)
    reach = _Z / (of + _Z**2) * math.sqrt(count * (of - count) / of + _Z**2 / 4)
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return {"count": count, "of": of, "share": round(count / of, 4), "low": round(low, 4), "high": round(high, 4)}


def mean(values: Sequence[float], groups: Sequence[Hashable], seed: int = 0) -> dict[str, float]:
    """Return a mean with its interval by a bootstrap over groups.

    Values of one group (holes in the same program, say) may depend on each other, so whole groups are drawn, 2,000
    times, as many as there are. With one group there is nothing to draw: the interval is the mean.

    Args:
        values: at least one.
        groups: what each value belongs to.
        seed: of the draw; the same values and seed give the same interval.

    Returns:
        `mean`, `low` and `high`.
    """
    numbers: dict[Hashable, int] = {}
    belongs = [numbers.setdefault(group, len(numbers)) for group in groups]
    sums = np.bincount(belongs, weights=np.asarray(values, dtype=float))
    sizes = np.bincount(belongs)
    draws = np.random.default_rng(seed).integers(len(numbers), size=(_DRAWS, len(numbers)))
    means = sums[draws].sum(axis=1) / sizes[draws].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return {"mean": _rounded(sums.sum() / sizes.sum()), "low": _rounded(low), "high": _rounded(high)}


def difference(
    values: Sequence[bool], control: Sequence[bool], groups: Sequence[Hashable], seed: int = 0
) -> dict[str, Any]:
    """Compare what was so with a control, item by item.

    Args:
        values: one for each item, at least one item.
        control: the same items', in the same order.
        groups: as `mean`.
        seed: as `mean`.

    Returns:
        `points`, `low` and `high`: the difference in percentage points, values minus control, with its interval by
        `mean`; `both`, `only_this`, `only_control` and `neither`: how many items.
    """
    pairs = list(zip(values, control, strict=True))
    found = mean([float(one) - float(other) for one, other in pairs], groups, seed)
    return {
        "points": round(100 * found["mean"], 2),
        "low": round(100 * found["low"], 2),
        "high": round(100 * found["high"], 2),
        "both": pairs.count((True, True)),
        "only_this": pairs.count((True, False)),
        "only_control": pairs.count((False, True)),
        "neither": pairs.count((False, False)),
    }


def _rounded(value: float) -> float:
    return round(float(value), 4)
