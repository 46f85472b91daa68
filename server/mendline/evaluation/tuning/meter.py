"""Measuring setups with a real model, by llama.cpp's calls alone: no queue, no sampling, no HTTP."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.model import Context, ContextSize, Decoded, LoadFailed, Model, TokenRun
from mendline.engine.llama.tuning import SEQUENCES
from mendline.evaluation.tuning.setups import PROMPT_TOKENS, AbortCost, Setup, Speed

DEPTH = 256
"""Tokens in the context before the first turn."""
TURNS = 8
LEAST_TURNS = 3
COMPARISON_SECONDS = 40.0
"""A slow machine makes fewer turns: none begins after this time, once there were `LEAST_TURNS`."""
DECODE_STEPS = 2
ABORTS = 6


class ModelMeter:
    """Measures setups with one model, in the calling thread. Must be closed."""

    def __init__(self, path: Path, gpu_layers: int) -> None:
        """Prepare; models are loaded when a setup asks for them, and stay.

        Args:
            path: the GGUF file.
            gpu_layers: how many layers go to the GPU.
        """
        self._path = path
        self._gpu_layers = gpu_layers
        self._abort = AbortFlag()
        self._models: dict[bool, Model] = {}

    def compare(self, setups: Sequence[Setup]) -> Mapping[Setup, Speed]:
        """Measure prefill and decode of all of them, in turns; those that can't be run are missing."""
        piece = max(PROMPT_TOKENS, *(setup.micro_batch for setup in setups))
        with self._opened(setups, DEPTH + TURNS * (piece + DECODE_STEPS)) as courses:
            for course in courses.values():
                course.read(DEPTH)
            began = time.perf_counter()
            for turn in range(TURNS):
                if turn >= LEAST_TURNS and time.perf_counter() - began > COMPARISON_SECONDS:
                    break
                for course in courses.values():
                    course.turn(piece)
        return {setup: Speed(tuple(course.prefill), tuple(course.decode)) for setup, course in courses.items()}

    def aborts(self, setups: Mapping[Setup, Speed]) -> Mapping[Setup, AbortCost]:
        """Abort each setup at moments spread over a micro-batch, in turns."""
        most = max((setup.micro_batch for setup in setups), default=1)
        with self._opened(tuple(setups), most) as courses:
            for number in range(ABORTS):
                for setup, course in courses.items():
                    whole = setup.micro_batch / setups[setup].prefill_tokens_per_second
                    course.abort(self._abort, whole * (number + 0.5) / ABORTS)
        return {
            setup: AbortCost(statistics.fmean(course.busy), statistics.fmean(course.lost))
            for setup, course in courses.items()
        }

    def close(self) -> None:
        """Free the models."""
        for model in self._models.values():
            model.close()
        self._models.clear()

    @contextmanager
    def _opened(self, setups: Sequence[Setup], tokens: int) -> Iterator[dict[Setup, _Course]]:
        with ExitStack() as open_contexts:
            courses = {}
            for setup in setups:
                size = ContextSize(
                    tokens=tokens,
                    micro_batch=setup.micro_batch,
                    threads=setup.threads,
                    sequences=SEQUENCES,
                    flash_attention=setup.flash_attention,
                )
                with suppress(LoadFailed):
                    model = self._model(repack=setup.repack)
                    context = Context(model, size, self._abort)
                    open_contexts.callback(context.close)
                    courses[setup] = _Course(context, _prompt(model, tokens))
            yield courses

    def _model(self, *, repack: bool) -> Model:
        if repack not in self._models:
            self._models[repack] = Model(self._path, self._gpu_layers, repack=repack)
        return self._models[repack]


class _Course:
    """One setup's context, and its times so far."""

    def __init__(self, context: Context, tokens: Sequence[int]) -> None:
        self._context = context
        self._tokens = tokens
        self._position = 0
        self.prefill: list[float] = []
        self.decode: list[float] = []
        self.busy: list[float] = []
        self.lost: list[float] = []

    def read(self, tokens: int) -> float:
        """Prefill so many more tokens; return the seconds that took."""
        started = time.perf_counter()
        end = self._position + tokens
        while self._position < end:
            step = min(self._context.micro_batch, end - self._position)
            outcome = self._context.compute((self._next(step),))
            if outcome is not Decoded.DONE:
                raise LoadFailed(f"llama.cpp could not compute: {outcome.value}")
            self._context.logits(step - 1)
            self._position += step
        return time.perf_counter() - started

    def turn(self, piece: int) -> None:
        """Time a piece of a prompt and some decode steps."""
        self.prefill.append(self.read(piece) / piece)
        self.decode.append(statistics.fmean(self.read(1) for _ in range(DECODE_STEPS)))

    def abort(self, flag: AbortFlag, after: float) -> None:
        """Time an abort so many seconds into a micro-batch."""
        moments: list[float] = []

        def abort() -> None:
            moments.append(time.perf_counter())
            flag.set()

        self._context.clear()
        timer = threading.Timer(after, abort)
        started = time.perf_counter()
        timer.start()
        try:
            outcome = self._context.compute((self._next(self._context.micro_batch),))
            ended = time.perf_counter()
        finally:
            timer.cancel()
            timer.join()
            flag.clear()
        aborted = outcome is Decoded.ABORTED and bool(moments)
        self.busy.append(max(ended - moments[0], 0.0) if moments else 0.0)
        self.lost.append(moments[0] - started if aborted else 0.0)

    def _next(self, count: int) -> TokenRun:
        return TokenRun(0, self._position, self._tokens[self._position : self._position + count], 1)


def _prompt(model: Model, tokens: int) -> list[int]:
    """Return so many tokens of a program text."""
    text = model.vocabulary.tokenize(Path(__file__).read_text(encoding="utf-8"))
    return (text * -(-tokens // len(text)))[:tokens]
