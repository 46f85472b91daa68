"""What the engine costs beside llama.cpp itself: its decode rate against a bare loop of llama.cpp's own calls."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from attrs import evolve, frozen

from mendline.engine.errors import EngineError
from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.llama.bindings import AbortFlag, library
from mendline.engine.llama.loading import load
from mendline.engine.llama.prompt import fill_prompt
from mendline.engine.protocol import FillRequest, FinishReason, Sampling
from mendline.evaluation.timed import Timed, timed

LEAST_STEPS = 8
_FLASH_ATTENTION = {
    None: "LLAMA_FLASH_ATTN_TYPE_AUTO",
    True: "LLAMA_FLASH_ATTN_TYPE_ENABLED",
    False: "LLAMA_FLASH_ATTN_TYPE_DISABLED",
}


@frozen
class Pace:
    """Decode steps that were timed.

    Attributes:
        steps: how many decode calls of one token.
        seconds: how long they took together.
        text: what was decoded, the token before the first step included.
    """

    steps: int
    seconds: float
    text: str

    @property
    def rate(self) -> float:
        """Steps a second."""
        return self.steps / self.seconds


class BareLoop:
    """Greedy decoding by llama.cpp's calls alone: decode, take the largest logit, and again. Must be closed.

    No abort callback, no queue, no detokenising, no stop texts, no log-probabilities.
    """

    def __init__(self, path: Path, options: LlamaOptions) -> None:
        """Load the model as the engine loads it; its context is llama.cpp's default with the same sizes.

        Raises as `engine.llama.loading.load` does.
        """
        self._lib = library()
        self._loaded = load(path, options, AbortFlag())
        self._loaded.context.close()
        self._vocabulary = self._loaded.model.vocabulary
        plan = self._loaded.plan
        parameters = self._lib.llama_context_default_params()
        parameters.n_ctx = self._loaded.context.tokens
        parameters.n_batch = parameters.n_ubatch = plan.micro_batch
        parameters.n_threads = parameters.n_threads_batch = plan.threads
        parameters.flash_attn_type = getattr(self._lib, _FLASH_ATTENTION[plan.flash_attention])
        parameters.no_perf = True
        self._context: Any = self._lib.llama_init_from_model(self._loaded.model.pointer, parameters)
        if not self._context:
            self._loaded.model.close()
            raise EngineError("there is not enough memory for a second context")
        self._micro_batch = plan.micro_batch
        self._prompt: tuple[int, ...] = ()

    def prefill(self, request: FillRequest) -> None:
        """Compute a request's prompt but its last token."""
        room = self._loaded.context.tokens - request.sampling.max_tokens
        self._prompt = fill_prompt(request, self._vocabulary, room).tokens
        body = self._prompt[:-1]
        for start in range(0, len(body), self._micro_batch):
            self._decode(body[start : start + self._micro_batch])

    def decode(self, steps: int) -> Pace:
        """Decode so many tokens behind the first one. May be called again: it starts from the prompt each time."""
        memory = self._lib.llama_get_memory(self._context)
        self._lib.llama_memory_seq_rm(memory, 0, len(self._prompt) - 1, -1)
        self._decode(self._prompt[-1:])
        tokens = [self._best()]
        started = time.perf_counter()
        for _ in range(steps):
            self._decode(tokens[-1:])
            tokens.append(self._best())
        seconds = time.perf_counter() - started
        return Pace(steps, seconds, b"".join(map(self._vocabulary.piece, tokens)).decode("utf-8", "replace"))

    def close(self) -> None:
        """Free context and model. Twice is fine."""
        if self._context:
            self._lib.llama_free(self._context)
            self._context = None
        self._loaded.model.close()

    def _decode(self, tokens: Sequence[int]) -> None:
        array = (self._lib.llama_token * len(tokens))(*tokens)
        if self._lib.llama_decode(self._context, self._lib.llama_batch_get_one(array, len(tokens))):
            raise EngineError("llama.cpp failed to compute")

    def _best(self) -> int:
        pointer = self._lib.llama_get_logits_ith(self._context, -1)
        return int(np.ctypeslib.as_array(pointer, shape=(self._vocabulary.size,)).argmax())


async def run(path: Path, options: LlamaOptions, *, prompt_tokens: int, tokens: int, rounds: int) -> dict[str, Any]:
    """Decode the same text with the engine and with the bare loop, in turns.

    Args:
        path: a GGUF file; it is loaded twice.
        options: how; speculation is switched off, since the loop has none.
        prompt_tokens: about how long the prompt is.
        tokens: how many are decoded each time.
        rounds: how often each of the two decodes them.

    Returns:
        `ratio` (median of the rounds' ratios of the engine's rate to the loop's), the two rates in tokens a second
        (medians), and whether both wrote the same text.

    Raises:
        EngineError: the model can't be loaded, or ends its text after fewer than `LEAST_STEPS` tokens.
    """
    options = evolve(options, speculation="off")
    request = listing(prompt_tokens, tokens)
    engine = LlamaEngine(path, options)
    try:
        await engine.info()
        loop = BareLoop(path, options)
        try:
            loop.prefill(request)
            await engine.warm(request)
            pairs = [await _round(engine, loop, request, engine_first=bool(turn % 2)) for turn in range(rounds)]
        finally:
            loop.close()
    finally:
        await engine.aclose()
    return {
        "prompt_tokens": prompt_tokens,
        "steps": pairs[0][0].steps,
        "rounds": rounds,
        "engine_tokens_per_second": round(statistics.median(mine.rate for mine, _ in pairs), 2),
        "bare_tokens_per_second": round(statistics.median(bare.rate for _, bare in pairs), 2),
        "ratio": round(statistics.median(mine.rate / bare.rate for mine, bare in pairs), 4),
        "identical_text": all(mine.text == bare.text[: len(mine.text)] for mine, bare in pairs),
    }


async def _round(engine: LlamaEngine, loop: BareLoop, request: FillRequest, *, engine_first: bool) -> tuple[Pace, Pace]:
    """Return the engine's pace and the loop's. The loop makes as many steps as the engine makes."""
    if engine_first:
        mine = _pace(await timed(engine.fill(request)))
        return mine, loop.decode(mine.steps)
    bare = loop.decode(request.sampling.max_tokens - 1)
    mine = _pace(await timed(engine.fill(request)))
    return mine, bare if bare.steps == mine.steps else loop.decode(mine.steps)


def _pace(answer: Timed) -> Pace:
    # The first token comes from the prompt's logits; a text that the model ends has one more step, for its end.
    steps = answer.usage.completion_tokens - (answer.finish is FinishReason.LENGTH)
    if steps < LEAST_STEPS:
        raise EngineError(f"the model ended its text after {steps} tokens, which is too short to be timed")
    return Pace(steps, answer.usage.completion_seconds, "".join(answer.texts))


def listing(prompt_tokens: int, tokens: int) -> FillRequest:
    """Return a request whose answer is long: a list, about ten tokens a line, with a gap of `tokens` lines in it."""
    before = max(prompt_tokens // 10, 3)
    lines = [f"value_{number} = {number}\n" for number in range(before)]
    suffix = f"value_{before + tokens} = {before + tokens}\n"
    return FillRequest("".join(lines), suffix, sampling=Sampling(max_tokens=tokens))
