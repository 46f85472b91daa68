"""Which setups are measured, and which of them wins.

The settings are decided one after the other (layout of weights and attention, threads, micro-batch), not in all
combinations: they hardly influence each other, and a user waits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from attrs import evolve, field, frozen

from mendline.evaluation.tuning.setups import PROMPT_TOKENS, AbortCost, Candidates, Meter, Setup, Speed

LEAST_GAIN = 0.05
"""A setup must be so much faster than the one it is to replace; less is noise."""


@frozen
class Comparison:
    """Setups that were measured in turns, so that their figures can be compared.

    Attributes:
        about: what they differ in.
        speeds: how fast each is; those that can't be run are missing.
        aborts: what an abort costs, where that was measured.
        winner: the setup to use.
    """

    about: str
    speeds: Mapping[Setup, Speed]
    winner: Setup
    aborts: Mapping[Setup, AbortCost] = field(factory=dict)


def search(
    meter: Meter, rule: Setup, tried: Candidates, say: Callable[[str], None] = lambda _line: None
) -> tuple[Comparison, ...]:
    """Compare, one setting after the other; the last comparison's winner is the setup to use.

    Args:
        meter: measures.
        rule: the setup that is used without a measurement, kept unless another one is clearly faster.
        tried: what to compare it with.
        say: told what is being compared.
    """
    say("weights and attention")
    layouts = _with(rule, (evolve(rule, repack=pack, flash_attention=flash) for pack, flash in tried.layouts))
    first = _quickest("weights and attention", meter, layouts)
    say("threads")
    threads = _with(first.winner, (evolve(first.winner, threads=count) for count in tried.threads))
    second = _quickest("threads", meter, threads)
    say("micro-batch")
    sizes = _with(second.winner, (evolve(second.winner, micro_batch=size) for size in tried.micro_batches))
    return first, second, _least_lost("micro-batch", meter, sizes)


def _with(incumbent: Setup, challengers: Iterable[Setup]) -> tuple[Setup, ...]:
    return tuple(dict.fromkeys((incumbent, *challengers)))


def _quickest(about: str, meter: Meter, setups: tuple[Setup, ...]) -> Comparison:
    """Compare how soon suggestions are there; the first setup is the one to beat."""
    incumbent = setups[0]
    if len(setups) == 1:
        return Comparison(about, {}, incumbent)
    speeds = meter.compare(setups)
    known = speeds.get(incumbent)
    shares = {setup: speed.against(known) if known else speed.suggestion_seconds for setup, speed in speeds.items()}
    return Comparison(about, speeds, _winner(shares, incumbent))


def _least_lost(about: str, meter: Meter, setups: tuple[Setup, ...]) -> Comparison:
    """Compare how soon a prompt is read when each reading is preceded by an aborted one."""
    speeds = meter.compare(setups)
    aborts = meter.aborts(speeds)
    seconds = {
        setup: PROMPT_TOKENS / speeds[setup].prefill_tokens_per_second + cost.lost_seconds + cost.busy_seconds
        for setup, cost in aborts.items()
    }
    return Comparison(about, speeds, _winner(seconds, setups[0]), aborts)


def _winner(costs: Mapping[Setup, float], incumbent: Setup) -> Setup:
    best = min(costs, key=lambda setup: costs[setup], default=incumbent)
    return best if costs.get(best, math.inf) < (1 - LEAST_GAIN) * costs.get(incumbent, math.inf) else incumbent
