"""A loaded model serving one request after another. Everything here runs in the worker's thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import evolve

from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.cache import PromptCache
from mendline.engine.llama.chat import CHATML, CHATML_STOP, ChatTemplate, chat_prompt
from mendline.engine.llama.generation import Machine, generate, prefill
from mendline.engine.llama.loading import Loaded, load
from mendline.engine.llama.options import LlamaOptions
from mendline.engine.llama.prompt import fill_prompt
from mendline.engine.protocol import ChatRequest, Chunk, EngineInfo, FillRequest, FinishReason, Sampling

Cancelled = Callable[[], bool]
Emit = Callable[[Chunk], None]


class Session:
    """A model, its KV cache and its templates.

    Attributes:
        info: what was loaded.
    """

    def __init__(self, path: Path, options: LlamaOptions, abort: AbortFlag) -> None:
        """Load the model. Raises as `loading.load` does."""
        self._loaded: Loaded = load(path, options, abort)
        self.info: EngineInfo = self._loaded.info
        model, context = self._loaded.model, self._loaded.context
        self._machine = Machine(model.vocabulary, context, PromptCache(context))
        self._stop = () if model.chat_template else (CHATML_STOP,)
        self._template = ChatTemplate(
            model.chat_template or CHATML,
            bos=model.vocabulary.text_of(model.vocabulary.bos),
            eos=model.vocabulary.text_of(model.vocabulary.eos),
        )

    def fill(self, request: FillRequest, cancelled: Cancelled, emit: Emit) -> None:
        """Serve a fill. Raises as `generation.generate` does."""
        sampling = self._fitted(request.sampling)
        prompt = fill_prompt(request, self._machine.vocabulary, self._room(sampling))
        generate(self._machine, prompt, sampling, cancelled, emit)

    def chat(self, request: ChatRequest, cancelled: Cancelled, emit: Emit) -> None:
        """Serve a chat. Raises as `generation.generate` and `ChatTemplate.segments` do."""
        sampling = self._fitted(request.sampling)
        sampling = evolve(sampling, stop=(*sampling.stop, *self._stop))
        segments = self._template.segments(request.messages)
        prompt = chat_prompt(segments, self._machine.vocabulary, self._room(sampling))
        generate(self._machine, prompt, sampling, cancelled, emit)

    def warm(self, request: FillRequest, cancelled: Cancelled, emit: Emit) -> None:
        """Compute a fill's prompt, laid out as the fill will lay it out; emits one chunk without text."""
        room = self._room(self._fitted(request.sampling))
        usage = prefill(self._machine, fill_prompt(request, self._machine.vocabulary, room), cancelled)
        emit(Chunk(finish=FinishReason.STOP, usage=usage))

    def close(self) -> None:
        """Free the model."""
        self._loaded.close()

    def _fitted(self, sampling: Sampling) -> Sampling:
        """Keep at least half of the context for the prompt."""
        most = self._machine.context.tokens // 2
        return evolve(sampling, max_tokens=max(min(sampling.max_tokens, most), 1))

    def _room(self, sampling: Sampling) -> int:
        return self._machine.context.tokens - sampling.max_tokens
