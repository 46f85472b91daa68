"""Choosing a token from logits."""

from __future__ import annotations

import math
import secrets
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from mendline.engine.errors import EngineError
from mendline.engine.llama.bindings import library
from mendline.engine.llama.model import Context
from mendline.engine.llama.steps import Row
from mendline.engine.protocol import Sampling

_SEED_BITS = 32
_RANDOM_SEED = 0xFFFF_FFFF
"""The seed that llama.cpp reads as "draw one"."""


class Sampler(Protocol):
    """Chooses the next token.

    Attributes:
        greedy: whether it always takes the likeliest one.
    """

    greedy: bool

    def choose(self, row: Row) -> int:
        """Return the next token."""
        ...

    def close(self) -> None:
        """Free what it holds."""
        ...


def sampler_of(sampling: Sampling, context: Context, candidate: int = 0) -> Sampler:
    """Return the sampler a candidate of a request asks for.

    Greedy at temperature 0, llama.cpp's sampler chain above it.
    """
    return _Greedy() if sampling.temperature <= 0 else _Chain(sampling, context, candidate)


def margin(logits: npt.NDArray[np.float32], best: int) -> float:
    """Return by how much the best token's logit is above the second best."""
    top = logits[best]
    below = max(float(part.max(initial=-math.inf)) for part in (logits[:best], logits[best + 1 :]))
    return float(top) - below


def log_probability(logits: npt.NDArray[np.float32], token: int) -> float:
    """Return the natural logarithm of a token's probability at temperature 1.

    Raises:
        EngineError: the logits are no numbers.
    """
    peak = float(logits.max())
    if not math.isfinite(peak):
        raise EngineError("The model computes no usable numbers; its file may be damaged (`mendline models verify`)")
    total = float(np.exp(logits - np.float32(peak)).sum(dtype=np.float64))
    return float(logits[token]) - peak - math.log(total)


class _Greedy:
    greedy = True

    def choose(self, row: Row) -> int:
        return int(row.logits.argmax())

    def close(self) -> None:
        pass


class _Chain:
    """llama.cpp's samplers in its usual order: top-k, top-p, temperature, draw."""

    greedy = False

    def __init__(self, sampling: Sampling, context: Context, candidate: int) -> None:
        self._lib = library()
        self._context = context
        self._chain: Any = self._lib.llama_sampler_chain_init(self._lib.llama_sampler_chain_default_params())
        if sampling.top_k > 0:
            self._add(self._lib.llama_sampler_init_top_k(sampling.top_k))
        if sampling.top_p < 1:
            self._add(self._lib.llama_sampler_init_top_p(sampling.top_p, 1))
        self._add(self._lib.llama_sampler_init_temp(sampling.temperature))
        self._add(self._lib.llama_sampler_init_dist(_seed(sampling.seed, candidate)))

    def choose(self, row: Row) -> int:
        return int(self._lib.llama_sampler_sample(self._chain, self._context.pointer, row.index))

    def close(self) -> None:
        self._lib.llama_sampler_free(self._chain)

    def _add(self, sampler: Any) -> None:
        self._lib.llama_sampler_chain_add(self._chain, sampler)


def _seed(seed: int | None, candidate: int) -> int:
    if seed is None:
        return secrets.randbelow(_RANDOM_SEED)
    return (seed + candidate) % (1 << _SEED_BITS) % _RANDOM_SEED
