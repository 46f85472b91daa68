"""Other candidates than the likeliest text: when they are worth their time, and how they are asked for."""

from __future__ import annotations

from typing import Final

import attrs

from mendline.engine.protocol import EngineInfo, FillRequest
from mendline.features.completion.judging import Verdict
from mendline.features.completion.outcome import Suggestion
from mendline.features.completion.streaming import Generation
from mendline.settings.model import Settings

MORE: Final = 3
"""How many are drawn at once."""

_TEMPERATURE: Final = 0.7
_WARMER: Final = 0.15
_HIGHEST_TEMPERATURE: Final = 1.0
_TOP_P: Final = 0.95
_SEED: Final = 1
"""The same place asked twice gives the same candidates."""

_SPARE_TOKENS: Final = 16
_SURE: Final = 0.93


def wanted_candidates(settings: Settings, info: EngineInfo | None, first: Verdict) -> int:
    """Return how many candidates to draw for a user who asked, besides the greedy one, the first.

    On "auto", a GPU draws some always; on a CPU, where four candidates cost nearly three
    times as much as one, some are drawn only when the first did not pass its checks whole.
    """
    wanted = settings.completion.candidates
    if not isinstance(wanted, str):
        return wanted - 1
    on_gpu = info is not None and info.on_gpu
    return MORE if on_gpu or not first.sound else 0


def is_sure(first: Verdict) -> bool:
    """Whether a text passed its checks whole, and the model is as good as sure of it, or examples hold with it.

    The border is where HumanEval-Infilling's development half has it: of 40 multi-line holes, 2 of the 22 texts below
    0.93 passed their tests, and 16 of the 18 above it.
    """
    if first.failed is not None:
        return first.holds
    result = first.result
    if not first.sound or not isinstance(result, Suggestion):
        return False
    return result.confidence is None or result.confidence >= _SURE


def sampled(request: FillRequest, count: int, first: Generation, turn: int = 0) -> FillRequest:
    """Return the request for `count` drawn candidates; none gets much longer than the first one's text.

    Args:
        request: what the first one was asked by.
        count: how many.
        first: the first one.
        turn: how often some were drawn before for this place; each time there are others, and wilder ones.
    """
    sampling = request.sampling
    if first.end is not None:
        longest = min(sampling.max_tokens, 2 * len(first.tokens) + _SPARE_TOKENS)
    else:
        longest = sampling.max_tokens
    drawn = attrs.evolve(
        sampling,
        max_tokens=longest,
        n=count,
        temperature=min(_HIGHEST_TEMPERATURE, _TEMPERATURE + turn * _WARMER),
        top_p=_TOP_P,
        seed=_SEED + turn,
    )
    return attrs.evolve(request, sampling=drawn)
