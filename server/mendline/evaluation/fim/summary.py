"""From trials to figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from mendline.evaluation import intervals
from mendline.evaluation.figures import in_milliseconds
from mendline.evaluation.fim.judging import Attempt
from mendline.evaluation.fim.trials import PIPELINE, Suggested, Trial
from mendline.evaluation.running import Verdict

RAW, FIRST_LINE = "raw", "first_line"


def summarise(trials: Sequence[Trial], seed: int = 0) -> dict[str, Any]:
    """Return figures by group, as plain JSON values.

    Args:
        trials: of any groups.
        seed: of the intervals that are drawn.

    Returns:
        By group: `items`; `arms`: by name, `raw`, `first_line` and those asked, see `_arm` and `_suggestions`;
        `paired`: by arm asked, what `intervals.difference` tells of pass@1 against the two controls and, for arms that
        leave something out, against the whole pipeline. Shares are what `intervals.share` returns.
    """
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.group, []).append(trial)
    return {name: _group(those, seed) for name, those in groups.items()}


def _group(trials: Sequence[Trial], seed: int) -> dict[str, Any]:
    problems = [trial.problem for trial in trials]
    attempts: dict[str, list[Attempt]] = {
        RAW: [trial.raw for trial in trials],
        FIRST_LINE: [trial.first_line for trial in trials],
    }
    arms = {name: _arm(those, problems, seed) for name, those in attempts.items()}
    arms[RAW] |= {
        "latency": in_milliseconds([trial.answer.seconds for trial in trials]),
        "tokens": _mean([trial.answer.usage.completion_tokens for trial in trials]),
        "approximate_tokens": _mean([trial.answer.usage.approximate_tokens for trial in trials]),
    }
    passed = {name: [each.outcome.passed for each in those] for name, those in attempts.items()}
    paired: dict[str, Any] = {}
    for name in trials[0].arms:
        suggested = [trial.arms[name] for trial in trials]
        arms[name] = _arm([each.attempt for each in suggested], problems, seed) | _suggestions(suggested)
        own = [each.attempt.outcome.passed for each in suggested]
        paired[name] = {other: intervals.difference(own, control, problems, seed) for other, control in passed.items()}
        if name == PIPELINE:
            passed[PIPELINE] = own
    return {"items": len(trials), "arms": arms, "paired": paired}


def _arm(attempts: Sequence[Attempt], problems: Sequence[str], seed: int) -> dict[str, Any]:
    """Sum up texts, shown or raw, over all holes; `parses` counts programs that Python's own parser takes."""

    def share(holds: Callable[[Attempt], bool]) -> dict[str, float]:
        return intervals.share([holds(attempt) for attempt in attempts])

    errors = Counter(attempt.outcome.error for attempt in attempts if attempt.outcome.error)
    return {
        "pass_at_1": share(lambda attempt: attempt.outcome.passed),
        "exact_match": share(lambda attempt: attempt.exact),
        "edit_similarity": intervals.mean([attempt.similarity for attempt in attempts], problems, seed),
        "parses": share(lambda attempt: attempt.parses),
        "breaks": share(lambda attempt: attempt.breaks),
        "repeats": share(lambda attempt: attempt.repeats),
        "timed_out": sum(attempt.outcome.verdict is Verdict.TIMED_OUT for attempt in attempts),
        "errors": dict(errors.most_common()),
    }


def _suggestions(suggested: Sequence[Suggested]) -> dict[str, Any]:
    """Sum up what only suggestions have.

    `breaks_shown` and `repeats_shown` are shares of the suggestions shown. `not_shown` counts holes at which nothing
    was shown by their first reason. `latency` is in milliseconds, `own_latency` the same without waits for the engine;
    where arms that leave something out ask what the first one asked, they get the answer without waiting for it.
    """
    shown = [each for each in suggested if each.offered]
    silent = [each for each in suggested if not each.offered]
    own = [each.answer.own_seconds for each in suggested if each.answer.own_seconds is not None]
    tokens = [each.answer.tokens for each in suggested if each.answer.tokens is not None]
    return {
        "shown": intervals.share([bool(each.offered) for each in suggested]),
        "not_shown": dict(Counter((*each.answer.reasons, "no reason")[0] for each in silent).most_common()),
        "any_passes": intervals.share([each.any_passed for each in suggested]),
        "offered": _mean([each.offered for each in suggested]),
        "breaks_shown": intervals.share([each.attempt.breaks for each in shown]),
        "repeats_shown": intervals.share([each.attempt.repeats for each in shown]),
        "latency": in_milliseconds([each.answer.seconds for each in suggested]),
        "own_latency": in_milliseconds(own) if own else None,
        "tokens": _mean(tokens) if tokens else None,
    }


def _mean(values: Sequence[int]) -> float:
    return round(fmean(values), 1)
