"""From trials to figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from mendline.evaluation import intervals
from mendline.evaluation.repair.arms import LOOP, ONE_SHOT, RESAMPLING, Arm
from mendline.evaluation.repair.trials import Trial

ARMS = (ONE_SHOT, RESAMPLING, LOOP)


def summarise(trials: Sequence[Trial], seed: int = 0) -> dict[str, Any]:
    """Return figures by language, as plain JSON values.

    Args:
        trials: at least one.
        seed: of the intervals that are drawn.

    Returns:
        By language: `tasks`; `arms`, see `_arm`; `loop_minus`: what `intervals.difference` tells of the loop's pass@1
        against the other arms; `by_bug`: by kind of bug, each arm's share; `right`: what became of right programs,
        see `_right`. Shares are what `intervals.share` returns.
    """
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.language, []).append(trial)
    return {name: _group(those, seed) for name, those in groups.items()}


def _group(trials: Sequence[Trial], seed: int) -> dict[str, Any]:
    passed = {name: [trial.arms[name].passed for trial in trials] for name in ARMS}
    names = [trial.name for trial in trials]
    bugs = sorted({trial.bug for trial in trials})
    return {
        "tasks": len(trials),
        "arms": {name: _arm([trial.arms[name] for trial in trials]) for name in ARMS},
        "loop_minus": {
            name: intervals.difference(passed[LOOP], passed[name], names, seed) for name in (ONE_SHOT, RESAMPLING)
        },
        "by_bug": {
            bug: {
                name: intervals.share([each.arms[name].passed for each in trials if each.bug == bug]) for name in ARMS
            }
            for bug in bugs
        },
        "right": _right([trial.right for trial in trials if trial.right is not None]),
    }


def _arm(arms: Sequence[Arm]) -> dict[str, Any]:
    """Sum up one arm.

    `verified_but_wrong` is the share of the verified ones that fail a test. `tokens` and `seconds` are means.
    """
    verified = [arm for arm in arms if arm.verified]
    return {
        "pass_at_1": intervals.share([arm.passed for arm in arms]),
        "visible_pass": intervals.share([not arm.visible_failed for arm in arms]),
        "verified": intervals.share([arm.verified for arm in arms]),
        "verified_but_wrong": intervals.share([not arm.passed for arm in verified]),
        "verified_but_visible_fails": sum(bool(arm.visible_failed) for arm in verified),
        "origins": dict(Counter(arm.origin for arm in arms if arm.passed and arm.origin).most_common()),
        "tried": round(fmean(arm.tried for arm in arms), 1),
        "tokens": round(fmean(arm.tokens for arm in arms), 1),
        "seconds": round(fmean(arm.seconds for arm in arms), 2),
    }


def _right(arms: Sequence[Arm]) -> dict[str, Any]:
    """Sum up right programs that were accused: how many were changed, made worse, and called verified then."""
    return {
        "changed": intervals.share([arm.changed for arm in arms]),
        "worse": intervals.share([not arm.passed for arm in arms]),
        "worse_and_verified": sum(arm.verified and not arm.passed for arm in arms),
    }
