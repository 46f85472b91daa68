"""Loading a model as well as the machine allows, and saying where that fell short of what was asked."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from attrs import frozen

from mendline.engine.errors import EngineOverloaded, ModelInvalid
from mendline.engine.llama.backend import describe_backend
from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.hardware import available_memory, default_threads
from mendline.engine.llama.model import Context, ContextSize, LoadFailed, Model
from mendline.engine.llama.options import AUTO, Auto, LlamaOptions
from mendline.engine.models.gguf import inspect
from mendline.engine.protocol import EngineInfo, FillSupport

_log = logging.getLogger("mendline.engine.llama")

DEFAULT_CONTEXT = 8192
LEAST_CONTEXT = 512
_CACHE_SHARE = 4
"""The KV cache may take one part in so many of the memory that is free once the model is loaded."""
CPU_MICRO_BATCH = 64
GPU_MICRO_BATCH = 512


@frozen
class Loaded:
    """A model ready to compute."""

    model: Model
    context: Context
    info: EngineInfo

    def close(self) -> None:
        """Free both."""
        self.context.close()
        self.model.close()


def load(path: Path, options: LlamaOptions, abort: AbortFlag) -> Loaded:
    """Load a GGUF.

    GPU layers: all that are asked for; where loading fails or the context finds no memory, three quarters, half, a
    quarter and none of them in turn. Context: what is asked for; "auto" is the lesser of `DEFAULT_CONTEXT` and what
    the model was trained with, halved until its cache takes at most a quarter of the free memory. Where it can't be
    allocated, half of it in turn, down to `LEAST_CONTEXT`.

    Raises:
        ModelUnknown: there is no such file.
        ModelInvalid: it is not a model that can be loaded.
        EngineOverloaded: there is not enough memory for the smallest context.
        EngineUnavailable: llama.cpp itself can't be loaded.
    """
    blocks = inspect(path).block_count
    backend = describe_backend()
    threads = default_threads() if options.threads == AUTO else int(options.threads)
    notes = [*_refused_offload(options, backend.gpu_offload)]
    attempts = layer_attempts(blocks + 1, options.gpu_layers, offload=backend.gpu_offload)
    model, context = _first_that_works(path, attempts, options, threads, abort)
    notes += _shortfalls(model, context, options, attempts[0])
    if model.chat_template is None:
        notes.append("The model brings no chat template; chats use the ChatML form, which it may not know.")
    _log.info("loaded %s: %d tokens of context, %d threads", path.name, context.tokens, threads)
    return Loaded(
        model,
        context,
        EngineInfo(
            model=options.model_name or path.name,
            model_path=str(path),
            description=model.description,
            backend=str(backend),
            gpu_offload=backend.gpu_offload,
            layers=model.layers,
            gpu_layers=model.gpu_layers,
            context_tokens=context.tokens,
            threads=threads,
            fill=FillSupport.NATIVE if model.vocabulary.fim else FillSupport.PREFIX_ONLY,
            pid=os.getpid(),
            notes=tuple(notes),
        ),
    )


def layer_attempts(total: int, requested: int | Auto, *, offload: bool) -> tuple[int, ...]:
    """Return the numbers of GPU layers to try, best first."""
    if not offload:
        return (0,)
    most = total if requested == AUTO else min(int(requested), total)
    quarters = [most * part // 4 for part in (4, 3, 2, 1, 0)]
    return tuple(dict.fromkeys(quarters))


def context_attempts(requested: int | Auto, trained: int, bytes_per_token: int, free_bytes: int) -> tuple[int, ...]:
    """Return the context sizes to try, in tokens, best first."""
    if requested != AUTO:
        size = int(requested)
    else:
        size = min(DEFAULT_CONTEXT, trained or DEFAULT_CONTEXT)
        while size > LEAST_CONTEXT and size * bytes_per_token * _CACHE_SHARE > free_bytes:
            size //= 2
    sizes = [size]
    while sizes[-1] // 2 >= LEAST_CONTEXT:
        sizes.append(sizes[-1] // 2)
    return tuple(sizes)


def _first_that_works(
    path: Path, attempts: tuple[int, ...], options: LlamaOptions, threads: int, abort: AbortFlag
) -> tuple[Model, Context]:
    failure = ""
    loaded_once = False
    for layers in attempts:
        try:
            model = Model(path, layers)
        except LoadFailed as error:
            failure = str(error)
            continue
        loaded_once = True
        if not model.generates:
            model.close()
            raise ModelInvalid(f"{path} is not a model that writes text from left to right; choose a language model")
        sizes = context_attempts(
            options.context_tokens, model.trained_context, model.cache_bytes_per_token, available_memory()
        )
        # With layers still on the GPU, fewer layers are better than a smaller context.
        tried = sizes[:1] if layers else sizes
        context, failure = _first_context(model, tried, threads, abort)
        if context is not None:
            return model, context
        model.close()
    if loaded_once:
        raise EngineOverloaded(
            f"Not enough memory to run {path.name} ({failure}); close other programs or choose a smaller model"
        )
    raise ModelInvalid(f"{path} can't be loaded: {failure}")


def _first_context(model: Model, sizes: tuple[int, ...], threads: int, abort: AbortFlag) -> tuple[Context | None, str]:
    failure = ""
    micro_batch = GPU_MICRO_BATCH if model.gpu_layers else CPU_MICRO_BATCH
    for size in sizes:
        try:
            return Context(model, ContextSize(size, min(micro_batch, size), threads), abort), ""
        except LoadFailed as error:
            failure = str(error)
    return None, failure


def _refused_offload(options: LlamaOptions, offload: bool) -> list[str]:
    if offload or options.gpu_layers in {AUTO, 0}:
        return []
    return ["`engine.gpuLayers` has no effect: this build of llama.cpp computes on the CPU only."]


def _shortfalls(model: Model, context: Context, options: LlamaOptions, wanted_layers: int) -> list[str]:
    notes = []
    if model.gpu_layers < wanted_layers:
        notes.append(f"GPU memory is short: {model.gpu_layers} of {model.layers} layers are on the GPU.")
    asked = DEFAULT_CONTEXT if options.context_tokens == AUTO else int(options.context_tokens)
    if options.context_tokens == AUTO:
        asked = min(asked, model.trained_context or asked)
    if context.tokens < asked:
        notes.append(f"Memory is short: the context has {context.tokens} tokens instead of {asked}.")
    if model.trained_context and context.tokens > model.trained_context:
        notes.append(
            f"The context of {context.tokens} tokens is longer than the {model.trained_context} "
            "the model was trained with; its answers may suffer."
        )
    return notes
