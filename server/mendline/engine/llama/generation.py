"""One request from its prompt to its last chunk: prefill, then token by token."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import define, field, frozen

from mendline.engine.llama.cache import PromptCache
from mendline.engine.llama.decoding import TextStream
from mendline.engine.llama.model import Context
from mendline.engine.llama.prompt import Prompt
from mendline.engine.llama.sampling import log_probability, sampler_of
from mendline.engine.llama.vocabulary import Vocabulary
from mendline.engine.protocol import Chunk, FinishReason, Sampling, Token, Usage


@frozen
class Machine:
    """What computes: one model's vocabulary, context, and the record of its KV cache."""

    vocabulary: Vocabulary
    context: Context
    cache: PromptCache


def prefill(machine: Machine, prompt: Prompt, cancelled: Callable[[], bool]) -> Usage:
    """Compute a prompt. Raises as `PromptCache.prefill` does."""
    started = time.perf_counter()
    cached = machine.cache.prefill(prompt.tokens, cancelled)
    return Usage(
        prompt_tokens=len(prompt.tokens),
        cached_tokens=cached,
        prompt_seconds=time.perf_counter() - started,
        trimmed_tokens=prompt.trimmed,
    )


def generate(
    machine: Machine,
    prompt: Prompt,
    sampling: Sampling,
    cancelled: Callable[[], bool],
    emit: Callable[[Chunk], None],
) -> None:
    """Compute a prompt and what follows it; `emit` gets the chunks, the last one with `finish` and `usage`.

    Raises as `PromptCache.prefill` does. After `Interrupted` no further chunk has been emitted.
    """
    usage = prefill(machine, prompt, cancelled)
    started = time.perf_counter()
    sampler = sampler_of(sampling, machine.context)
    output = _Output(TextStream(sampling.stop), emit)
    vocabulary, cache = machine.vocabulary, machine.cache
    finish = FinishReason.LENGTH
    try:
        while True:
            logits = machine.context.logits()
            token = sampler.choose(logits)
            if vocabulary.is_end(token):
                finish = FinishReason.STOP
                break
            output.add(vocabulary.piece(token), log_probability(logits, token))
            if output.stopped:
                finish = FinishReason.STOP
                break
            if output.count >= sampling.max_tokens or cache.room < 1:
                break
            cache.append(token)
    finally:
        sampler.close()
    output.close(finish, usage, time.perf_counter() - started)


@define
class _Output:
    """Turns tokens into chunks; those without text to show wait for the next."""

    _text: TextStream
    _emit: Callable[[Chunk], None]
    count: int = field(default=0, init=False)
    _waiting: list[Token] = field(factory=list, init=False)

    @property
    def stopped(self) -> bool:
        return self._text.stopped

    def add(self, data: bytes, logprob: float) -> None:
        text, shown = self._text.feed(data)
        self.count += 1
        self._waiting.append(Token(text, logprob))
        if shown:
            self._emit(Chunk(shown, self._take()))

    def close(self, finish: FinishReason, usage: Usage, seconds: float) -> None:
        total = Usage(
            prompt_tokens=usage.prompt_tokens,
            cached_tokens=usage.cached_tokens,
            completion_tokens=self.count,
            prompt_seconds=usage.prompt_seconds,
            completion_seconds=seconds,
            trimmed_tokens=usage.trimmed_tokens,
        )
        self._emit(Chunk(self._text.finish(), self._take(), finish, total))

    def _take(self) -> tuple[Token, ...]:
        tokens, self._waiting = tuple(self._waiting), []
        return tokens
