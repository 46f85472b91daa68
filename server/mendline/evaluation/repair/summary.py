"""From trials to figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

from mendline.evaluation import intervals
from mendline.evaluation.repair.arms import LOOP, ONE_SHOT, RESAMPLING, Arm
from mendline.evaluation.repair.seeded import SeedTrial
from mendline.evaluation.repair.trials import Trial

ARMS = (ONE_SHOT, RESAMPLING, LOOP)


def summarise(trials: Sequence[Trial], seed: int = 0) -> dict[str, Any]:
    """Return figures by language, as plain JSON values.

    Args:
        trials: at least one.
        seed: of the intervals that are drawn.

    Returns:
        By language: `tasks`, and how many others can't be judged here (`not_judged`); `arms`, see `_arm`;
        `loop_minus`: what `intervals.difference` tells of the loop's pass@1 against the other arms; `by_bug`: each
        arm's share by kind of bug; `right`: what became of right programs, see `_right`. Shares are what
        `intervals.share` returns.
    """
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        if not trial.judged:
            continue
        groups.setdefault(trial.language, []).append(trial)
    left_out = Counter(trial.language for trial in trials if not trial.judged)
    return {name: {**_group(those, seed), "not_judged": left_out[name]} for name, those in groups.items()}


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


def summarise_seeds(trials: Sequence[SeedTrial]) -> dict[str, Any]:
    """Return figures of programs with seeded errors, as plain JSON values.

    Returns:
        For `all`, `by_language` and `by_kind`, see `_seeds`; `undiagnosed`: the programs whose error no tool here
        reports; `missing`: the checks that didn't run, and how often.
    """
    languages = sorted({trial.language for trial in trials})
    kinds = sorted({trial.kind for trial in trials})
    return {
        "all": _seeds(trials),
        "by_language": {name: _seeds([each for each in trials if each.language == name]) for name in languages},
        "by_kind": {name: _seeds([each for each in trials if each.kind == name]) for name in kinds},
        "undiagnosed": [trial.name for trial in trials if not trial.diagnosed_by],
        "missing": dict(Counter(each for trial in trials for each in trial.missing).most_common()),
    }


def _seeds(trials: Sequence[SeedTrial]) -> dict[str, Any]:
    """Sum up some programs.

    Shares are of the programs whose error a tool reports: `verified` were fixed and offered as verified; `holds` is the
    share of these whose checks pass when run again from nothing. `seconds` is the median of the verified ones,
    `seconds_by_origin` that of those that the same proposed.
    """
    known = [trial for trial in trials if trial.diagnosed_by]
    verified = [trial for trial in known if trial.verified]
    return {
        "programs": len(trials),
        "diagnosed": len(known),
        "found": intervals.share([trial.found for trial in known]),
        "verified": intervals.share([trial.verified for trial in known]),
        "holds": intervals.share([trial.holds for trial in verified]),
        "exact": intervals.share([trial.exact for trial in known]),
        "origins": dict(Counter(trial.origin for trial in verified).most_common()),
        "seconds": round(median(trial.seconds for trial in verified), 2) if verified else None,
        "seconds_by_origin": {
            origin: round(median(trial.seconds for trial in verified if trial.origin == origin), 2)
            for origin in sorted({trial.origin for trial in verified})
        },
        "tokens": round(fmean(trial.tokens for trial in known), 1) if known else 0.0,
    }
