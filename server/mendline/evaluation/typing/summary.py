"""Answers summed up, and the ratios that matter."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from mendline.evaluation.typing.replay import Answer
from mendline.evaluation.typing.system import ENGINE, RECOMMENDED, SAME_CONTEXT, WHOLE_PATH

REFERENCE = 2048
"""The size of context, in tokens, at which systems are compared."""
SMALLEST, LARGEST = 512, 4096
"""The sizes between which growth is taken."""


@frozen
class Ratio:
    """A ratio of medians and what it should be at most.

    Attributes:
        what: in words.
        measured: the ratio.
        goal: at most this; None where it is only for information.
    """

    what: str
    measured: float
    goal: float | None = None


def percentiles(seconds: Sequence[float]) -> dict[str, float] | None:
    """Return p50, p95, p99 and the maximum (nearest rank) in milliseconds; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    last = len(ordered) - 1
    ranks = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(1000 * ordered[round(part * last)], 2) for name, part in ranks.items()}


def summed_up(answers: Sequence[Answer], reference: Sequence[Answer], resident: int) -> dict[str, Any]:
    """Sum up a system's answers at one size of context.

    Args:
        answers: all of them, in the trace's order.
        reference: those of the first system, to which texts are compared.
        resident: bytes of memory at the end.

    Returns:
        `keystrokes`; `prompt_tokens` (median); `first_token_ms` and `line_ms` (percentiles of keystrokes whose answer
        came so far); `finished`: the share of keystrokes that were answered before the next one; `computed_tokens`
        and `cpu_seconds`, each a keystroke's mean; `step_ms`: median of a decode step; `arrivals`: the same for coming
        to places, which are no keystrokes; `same_text`: the share of suggestions that are those of the first system;
        `resident_mib`.
    """
    typed = [answer for answer in answers if not answer.kind.arrives]
    arrived = [answer for answer in answers if answer.kind.arrives]
    pairs = [
        (one, other)
        for one, other in zip(answers, reference, strict=True)
        if one.seconds is not None and other.seconds is not None and not one.kind.arrives
    ]
    steps = _known(answer.cost.step_seconds for answer in typed)
    prompts = _known(answer.cost.prompt_tokens for answer in answers)
    return {
        "keystrokes": len(typed),
        "prompt_tokens": round(statistics.median(prompts)) if prompts else None,
        "first_token_ms": percentiles(_known(answer.first_seconds for answer in typed)),
        "line_ms": percentiles(_known(answer.seconds for answer in typed)),
        "finished": _mean([answer.seconds is not None for answer in typed], 3),
        "computed_tokens": _mean(_known(answer.cost.computed_tokens for answer in typed), 1),
        "cpu_seconds": _mean([answer.cpu_seconds for answer in typed], 3),
        "step_ms": round(1000 * statistics.median(steps), 2) if steps else None,
        "arrivals": {
            "count": len(arrived),
            "seconds": _mean(_known(answer.seconds for answer in arrived), 3),
            "computed_tokens": _mean(_known(answer.cost.computed_tokens for answer in arrived), 1),
            "cpu_seconds": _mean([answer.cpu_seconds for answer in arrived], 3),
        },
        "same_text": _mean([one.text == other.text for one, other in pairs], 3),
        "resident_mib": round(resident / 2**20),
    }


def ratios(contexts: Mapping[str, Mapping[str, Any]]) -> list[Ratio]:
    """Compare medians of the times to the first token and to the whole line, where all that is needed was measured.

    Args:
        contexts: by size of context, by system: what `summed_up` returns.
    """
    found: list[Ratio] = []
    first, at = "first_token_ms", f"at {REFERENCE:,} tokens"
    engine = _median(contexts, REFERENCE, ENGINE, first)
    for name, goal in ((SAME_CONTEXT, 1 / 15), (RECOMMENDED, 1 / 4)):
        other = _median(contexts, REFERENCE, name, first)
        if engine and other:
            found.append(Ratio(f"keystroke to first token {at}, against {name}", engine / other, goal))
    small, large = (_median(contexts, tokens, ENGINE, first) for tokens in (SMALLEST, LARGEST))
    if small and large:
        found.append(Ratio(f"its growth from {SMALLEST:,} to {LARGEST:,} tokens", large / small, 1.5))
    step = contexts.get(str(REFERENCE), {}).get(ENGINE, {}).get("step_ms")
    if engine and step:
        found.append(Ratio(f"keystroke to first token {at}, in decode steps", engine / step, 4))
    for own in (ENGINE, WHOLE_PATH):
        line = _median(contexts, REFERENCE, own, "line_ms")
        for name in (SAME_CONTEXT, RECOMMENDED):
            other = _median(contexts, REFERENCE, name, "line_ms")
            if line and other:
                found.append(Ratio(f"keystroke to whole line {at}, {own} against {name}", line / other))
    return found


def _median(contexts: Mapping[str, Mapping[str, Any]], tokens: int, system: str, time: str) -> float | None:
    times = contexts.get(str(tokens), {}).get(system, {}).get(time)
    return None if times is None else float(times["p50"])


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(values: Sequence[float], digits: int) -> float | None:
    return round(statistics.fmean(values), digits) if values else None
