"""From trials to figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from mendline.evaluation.figures import in_milliseconds
from mendline.evaluation.infilling.asking import Typing
from mendline.evaluation.infilling.trial import Attempt, Trial
from mendline.evaluation.running import Verdict
from mendline.evaluation.timed import Timed


def summarise(trials: Sequence[Trial]) -> dict[str, Any]:
    """Return figures of at least one trial, as plain JSON values.

    Returns:
        `items`: how many; `recomputed`: see `_arm`; and where typing was simulated: `typed`, the same for it;
        `paired`: see `_paired`; `paired_spliced`: the same over the items whose prompt had approximate cells at the
        hole, if there are any; `typing`: see `_typing`. Shares are between 0 and 1, points are percentage points.
    """
    figures: dict[str, Any] = {"items": len(trials), "recomputed": _arm([trial.recomputed for trial in trials])}
    pairs = [(trial.recomputed, trial.typed) for trial in trials if trial.typed is not None]
    if pairs:
        typed = [each for _, each in pairs]
        figures["typed"] = _arm(typed)
        figures["paired"] = _paired(pairs)
        if spliced := [pair for pair in pairs if pair[1].answer.usage.approximate_tokens]:
            figures["paired_spliced"] = _paired(spliced)
        figures["typing"] = _typing([each.typing for each in typed if each.typing is not None])
    return figures


def _arm(attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Sum up one arm; token counts are means over the requests at the holes, times are spreads in milliseconds."""
    answers = [attempt.answer for attempt in attempts]
    return {
        "passed": sum(attempt.outcome.passed for attempt in attempts),
        "pass_at_1": _share([attempt.outcome.passed for attempt in attempts]),
        "exact_match": _share([attempt.exact for attempt in attempts]),
        "timed_out": sum(attempt.outcome.verdict is Verdict.TIMED_OUT for attempt in attempts),
        "did_not_parse": sum(attempt.outcome.error in {"SyntaxError", "IndentationError"} for attempt in attempts),
        **_tokens(answers),
        "completion_tokens": _mean([answer.usage.completion_tokens for answer in answers]),
        "whole": in_milliseconds([answer.seconds for answer in answers]),
    }


def _paired(pairs: Sequence[tuple[Attempt, Attempt]]) -> dict[str, Any]:
    """Compare the arms item by item: `difference_points` is typed minus recomputed, with its standard error."""
    both = sum(recomputed.outcome.passed and typed.outcome.passed for recomputed, typed in pairs)
    only_recomputed = sum(recomputed.outcome.passed and not typed.outcome.passed for recomputed, typed in pairs)
    only_typed = sum(typed.outcome.passed and not recomputed.outcome.passed for recomputed, typed in pairs)
    count = len(pairs)
    difference = (only_typed - only_recomputed) / count
    variance = (only_typed + only_recomputed) / count - difference**2
    return {
        "items": count,
        "difference_points": round(100 * difference, 2),
        "standard_error_points": round(100 * math.sqrt(variance / count), 2),
        "both": both,
        "only_recomputed": only_recomputed,
        "only_typed": only_typed,
        "neither": count - both - only_recomputed - only_typed,
        "identical_texts": _share([recomputed.answer.texts == typed.answer.texts for recomputed, typed in pairs]),
    }


def _typing(typings: Sequence[Typing]) -> dict[str, Any]:
    """Sum up the way to the holes: means for one opening and for one step."""
    openings = [typing.opening for typing in typings]
    steps = [step for typing in typings for step in typing.steps]
    figures: dict[str, Any] = {
        "opening_computed_tokens": _mean([usage.prompt_tokens - usage.cached_tokens for usage in openings]),
        "opening_approximate_tokens": _mean([usage.approximate_tokens for usage in openings]),
        "steps": len(steps),
    }
    return figures | ({"step": _tokens(steps)} if steps else {})


def _tokens(answers: Sequence[Timed]) -> dict[str, Any]:
    usages = [answer.usage for answer in answers]
    return {
        "prompt_tokens": _mean([usage.prompt_tokens for usage in usages]),
        "computed_tokens": _mean([usage.prompt_tokens - usage.cached_tokens for usage in usages]),
        "approximate_tokens": _mean([usage.approximate_tokens for usage in usages]),
        "trimmed_tokens": _mean([usage.trimmed_tokens for usage in usages]),
        "first_token": in_milliseconds([answer.first_seconds for answer in answers]),
    }


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4)


def _mean(values: Sequence[int]) -> float:
    return round(fmean(values), 1)
