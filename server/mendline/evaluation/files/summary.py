"""From trials to figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from mendline.evaluation import intervals
from mendline.evaluation.figures import in_milliseconds
from mendline.evaluation.files.sample import Position
from mendline.evaluation.files.trials import Trial

Pair = tuple[Position, Trial]

_GROUPINGS: dict[str, Callable[[Position], str]] = {
    "languages": lambda position: position.file.language,
    "kinds": lambda position: position.kind.value,
    "triggers": lambda position: position.trigger.value,
}


def summarise(positions: Sequence[Position], trials: Sequence[Trial], seed: int = 0) -> dict[str, Any]:
    """Return figures of at least one trial, as plain JSON values.

    Args:
        positions: what was tried.
        trials: what came of it, in the same order.
        seed: of the intervals that are drawn.

    Returns:
        `all`: see `_group`; `languages`, `kinds`, `triggers`: the same by each; `broken` and `repeating`: the places
        of suggestions that add a parse error, and that repeat what follows, see `_place`.
    """
    pairs = list(zip(positions, trials, strict=True))
    figures: dict[str, Any] = {"all": _group(pairs, seed)}
    for name, key in _GROUPINGS.items():
        groups: dict[str, list[Pair]] = {}
        for position, trial in pairs:
            groups.setdefault(key(position), []).append((position, trial))
        figures[name] = {group: _group(those, seed) for group, those in groups.items()}
    figures["broken"] = [_place(position) for position, trial in pairs if trial.is_broken]
    figures["repeating"] = [_place(position) for position, trial in pairs if trial.shown and trial.shown.repeats]
    return figures


def lost(positions: Sequence[Position], trials: Sequence[Trial], most_tokens: int) -> list[dict[str, str]]:
    """Return the places at which something else than what was deleted was shown, or nothing. See `_place`.

    Args:
        positions: what was tried.
        trials: what came of it, in the same order.
        most_tokens: the limit in tokens: what reached it could not be whole.
    """
    pairs = zip(positions, trials, strict=True)
    whole = ((position, trial) for position, trial in pairs if trial.tokens < most_tokens)
    return [_place(position) for position, trial in whole if trial.shown is None or not trial.shown.exact]


def _group(pairs: Sequence[Pair], seed: int) -> dict[str, Any]:
    """Sum up positions.

    Returns:
        `positions`: how many. Shares of all positions, as `intervals.share` returns them: `shown`, `broken` (a parse
        error more than before), `unjudged` (shown although the pipeline had not parsed it), `repeats` and `exact`.
        `similarity`: the mean edit similarity over all positions, 0 where nothing was shown. `repaired`: of those
        suggestions that were shown where the hole had broken a sound file, the share after which it is sound again;
        `left_unsound`: of the suggestions shown in files that are sound without a hole, the share after which they are
        not. `not_shown`: counts by the first reason. `latency` and `own_latency`, the same without waits for the
        engine, in milliseconds.
    """
    trials = [trial for _, trial in pairs]
    shown = [trial.shown for trial in trials]
    sound = [trial for trial in trials if trial.shown is not None and trial.original.is_sound]
    opened = [trial for trial in sound if not trial.before.is_sound]
    return {
        "positions": len(trials),
        "shown": intervals.share([each is not None for each in shown]),
        "broken": intervals.share([trial.is_broken for trial in trials]),
        "unjudged": intervals.share([each is not None and not each.judged for each in shown]),
        "repeats": intervals.share([each is not None and each.repeats for each in shown]),
        "exact": intervals.share([each is not None and each.exact for each in shown]),
        "similarity": intervals.mean(
            [each.similarity if each is not None else 0.0 for each in shown],
            [position.file.name for position, _ in pairs],
            seed,
        ),
        "repaired": intervals.share([_is_sound(trial) for trial in opened]),
        "left_unsound": intervals.share([not _is_sound(trial) for trial in sound]),
        "not_shown": dict(
            Counter((*trial.reasons, "no reason")[0] for trial in trials if trial.shown is None).most_common()
        ),
        "latency": in_milliseconds([trial.seconds for trial in trials]),
        "own_latency": in_milliseconds([max(0.0, trial.seconds - trial.engine_seconds) for trial in trials]),
    }


def _is_sound(trial: Trial) -> bool:
    return trial.shown is not None and trial.shown.after.is_sound


def _place(position: Position) -> dict[str, str]:
    """Name a position: `place` (file, line, column), `kind`, `trigger` and its `key` in the log."""
    return {
        "place": position.place,
        "kind": position.kind.value,
        "trigger": position.trigger.value,
        "key": position.key,
    }
