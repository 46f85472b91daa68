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
from mendline.engine.protocol import Sampling

_SEED_BITS = 32
_RANDOM_SEED = 0xFFFF_FFFF
"""The seed that llama.cpp reads as "draw one"."""


class Sampler(Protocol):
    """Chooses the next token."""

    def choose(self, logits: npt.NDArray[np.float32]) -> int:
        """Return the next token."""
        ...

    def close(self) -> None:
        """Free what it holds."""
        ...


def sampler_of(sampling: Sampling, context: Context) -> Sampler:
    """Return the sampler a request asks for: greedy at temperature 0, llama.cpp's sampler chain above it."""
    return _Greedy() if sampling.temperature <= 0 else _Chain(sampling, context)


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
    def choose(self, logits: npt.NDArray[np.float32]) -> int:
        return int(logits.argmax())

    def close(self) -> None:
        pass


class _Chain:
    """llama.cpp's samplers in its usual order: top-k, top-p, temperature, draw."""

    def __init__(self, sampling: Sampling, context: Context) -> None:
        self._lib = library()
        self._context = context
        self._chain: Any = self._lib.llama_sampler_chain_init(self._lib.llama_sampler_chain_default_params())
        if sampling.top_k > 0:
            self._add(self._lib.llama_sampler_init_top_k(sampling.top_k))
        if sampling.top_p < 1:
            self._add(self._lib.llama_sampler_init_top_p(sampling.top_p, 1))
        self._add(self._lib.llama_sampler_init_temp(sampling.temperature))
        self._add(self._lib.llama_sampler_init_dist(_seed(sampling.seed)))

    def choose(self, logits: npt.NDArray[np.float32]) -> int:
        del logits  # the chain reads them from the context
        return int(self._lib.llama_sampler_sample(self._chain, self._context.pointer, -1))

    def close(self) -> None:
        self._lib.llama_sampler_free(self._chain)

    def _add(self, sampler: Any) -> None:
        self._lib.llama_sampler_chain_add(self._chain, sampler)


def _seed(seed: int | None) -> int:
    if seed is None:
        return secrets.randbelow(_RANDOM_SEED)
    return seed % (1 << _SEED_BITS) % _RANDOM_SEED
