"""Other candidates than the likeliest text: when they are worth their time, and how they are asked for."""

from __future__ import annotations

from typing import Final

import attrs

from mendline.engine.protocol import EngineInfo, FillRequest
from mendline.features.completion.judging import Verdict
from mendline.features.completion.outcome import Suggestion, Trigger
from mendline.features.completion.streaming import Generation
from mendline.settings.model import Settings

_MORE: Final = 3
_TEMPERATURE: Final = 0.7
_TOP_P: Final = 0.95
_SEED: Final = 1
"""The same place asked twice gives the same candidates."""

_SPARE_TOKENS: Final = 16
_SURE: Final = 0.93


def wanted_candidates(settings: Settings, trigger: Trigger, info: EngineInfo | None, first: Verdict) -> int:
    """Return how many candidates to draw besides the greedy one, the first.

    Only for a user who asked. On "auto", a GPU draws some always; on a CPU, where four candidates cost nearly three
    times as much as one, some are drawn only when the first did not pass its checks whole.
    """
    if trigger is not Trigger.INVOKED:
        return 0
    wanted = settings.completion.candidates
    if not isinstance(wanted, str):
        return wanted - 1
    on_gpu = info is not None and info.on_gpu
    return _MORE if on_gpu or not first.sound else 0


def is_sure(first: Verdict) -> bool:
    """Whether a text passed its checks whole, and the model is as good as sure of it.

    The border is where HumanEval-Infilling's development half has it: of 40 multi-line holes, 2 of the 22 texts below
    0.93 passed their tests, and 16 of the 18 above it.
    """
    result = first.result
    if not first.sound or not isinstance(result, Suggestion):
        return False
    return result.confidence is None or result.confidence >= _SURE


def sampled(request: FillRequest, count: int, first: Generation) -> FillRequest:
    """Return the request for `count` drawn candidates; none gets much longer than the first one's text."""
    sampling = request.sampling
    if first.end is not None:
        longest = min(sampling.max_tokens, 2 * len(first.tokens) + _SPARE_TOKENS)
    else:
        longest = sampling.max_tokens
    drawn = attrs.evolve(sampling, max_tokens=longest, n=count, temperature=_TEMPERATURE, top_p=_TOP_P, seed=_SEED)
    return attrs.evolve(request, sampling=drawn)
