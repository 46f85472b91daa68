"""From trials to figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Any, Final

from mendline.evaluation import intervals
from mendline.evaluation.crossfile.sample import Place
from mendline.evaluation.crossfile.trials import Line, Trial
from mendline.evaluation.figures import in_milliseconds

NEAR: Final = 0.8
"""The edit similarity from which on a line that the model saw is nearly the one that it should write."""


def summarise(places: Sequence[Place], trials: Sequence[Trial], seed: int = 0) -> dict[str, Any]:
    """Return figures of at least one trial, as plain JSON values.

    Args:
        places: what was tried.
        trials: what came of it, in the same order.
        seed: of the intervals that are drawn.

    Returns:
        `all`: see `_group`; `offered`: the same over the places where the definition's name was in what the model saw
        of other files, if there are any.
    """
    pairs = list(zip(places, trials, strict=True))
    offered = [(place, trial) for place, trial in pairs if trial.related.offered]
    figures = {"all": _group(pairs, seed)}
    return figures | ({"offered": _group(offered, seed)} if offered else {})


def _group(pairs: Sequence[tuple[Place, Trial]], seed: int) -> dict[str, Any]:
    """Compare both ways.

    Returns:
        `places`: how many. `without` and `related`: see `_line`. `ratio`: how many times as many exact matches there
        are with other files' code; None where there are none without. `exact`: the paired difference
        (`intervals.difference`), `similarity`: that of the edit similarities (`intervals.mean`), both drawn by files.
    """
    files = [place.file.name for place, _ in pairs]
    without, related = [trial.without for _, trial in pairs], [trial.related for _, trial in pairs]
    exact_without = sum(line.exact for line in without)
    gains = [one.similarity - other.similarity for one, other in zip(related, without, strict=True)]
    return {
        "places": len(pairs),
        "without": _line(without, files, seed),
        "related": _line(related, files, seed),
        "ratio": round(sum(line.exact for line in related) / exact_without, 3) if exact_without else None,
        "exact": intervals.difference([line.exact for line in related], [line.exact for line in without], files, seed),
        "similarity": intervals.mean(gains, files, seed),
    }


def _line(lines: Sequence[Line], files: Sequence[str], seed: int) -> dict[str, Any]:
    silent = [line for line in lines if not line.text]
    return {
        "exact": intervals.share([line.exact for line in lines]),
        "similarity": intervals.mean([line.similarity for line in lines], files, seed),
        "calls": intervals.share([line.calls for line in lines]),
        "offered": intervals.share([line.offered for line in lines]),
        "called": intervals.share([line.called for line in lines]),
        "near": intervals.share([line.nearest >= NEAR for line in lines]),
        "related_tokens": round(fmean(line.related_tokens for line in lines), 1),
        "not_shown": dict(Counter((*line.reasons, "no reason")[0] for line in silent).most_common()),
        "latency": in_milliseconds([line.seconds for line in lines]),
    }
