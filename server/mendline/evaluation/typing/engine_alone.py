"""Mendline's engine, in this process and with nothing around it."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import define

from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.protocol import Engine, EngineInfo, FillRequest, Sampling, Usage
from mendline.evaluation.typing.system import END_OF_LINE, ENGINE, Cost, Piece, step_seconds
from mendline.evaluation.typing.traces import State

_NEVER = 86_400.0


@define
class EngineAlone:
    """An engine behind its protocol. Implements `System`."""

    engine: Engine
    info: EngineInfo
    max_tokens: int
    name: str = ENGINE
    streams: bool = True

    @property
    def about(self) -> Mapping[str, Any]:
        """What the engine tells of itself."""
        return {
            "what": "mendline's engine alone, through its protocol",
            "backend": self.info.backend,
            "context_tokens": self.info.context_tokens,
            "threads": self.info.threads,
            "gpu_layers": self.info.gpu_layers,
            "can_splice": self.info.can_splice,
            "choices": {choice.name: f"{choice.value} ({choice.reason})" for choice in self.info.choices},
        }

    @property
    def pids(self) -> tuple[int, ...]:
        """This process."""
        return (os.getpid(),)

    async def suggest(self, state: State) -> AsyncGenerator[Piece, None]:
        """Ask the engine. Raises `EngineError`."""
        async for chunk in self.engine.fill(self._request(state)):
            token = bool(chunk.tokens or chunk.text)
            cost = None if chunk.usage is None else _cost(chunk.usage)
            yield Piece(chunk.text, token, cost)

    async def arrive(self, state: State) -> Cost:
        """Compute the prompt. Raises `EngineError`."""
        return _cost(await self.engine.warm(self._request(state)))

    def rest(self) -> None:
        """Nothing to do: it does nothing unasked."""

    def wake(self) -> None:
        """Nothing to do."""

    def _request(self, state: State) -> FillRequest:
        sampling = Sampling(max_tokens=self.max_tokens, stop=(END_OF_LINE,))
        return FillRequest(state.prefix, state.suffix, sampling=sampling)


def _cost(usage: Usage) -> Cost:
    # With guessed tokens a step is no longer a step of one token.
    steps = None if usage.drafted_tokens else step_seconds(usage.completion_seconds, usage.completion_tokens)
    return Cost(usage.prompt_tokens, usage.prompt_tokens - usage.cached_tokens, steps)


@asynccontextmanager
async def engine_alone(
    path: Path, options: LlamaOptions, max_tokens: int, *, upkeep: bool
) -> AsyncIterator[EngineAlone]:
    """Load a model.

    Args:
        path: the model's file.
        options: how to load it.
        max_tokens: the most tokens of a suggestion.
        upkeep: whether the engine looks after its cache when nothing is asked for, as it does behind an editor.

    Raises:
        EngineError: it can't be loaded.
    """
    engine = LlamaEngine(path, options) if upkeep else LlamaEngine(path, options, upkeep_after=_NEVER)
    try:
        info = await engine.info()
        yield EngineAlone(engine, info, max_tokens)
    finally:
        await engine.aclose()
