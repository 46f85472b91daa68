"""Loading a model as well as the machine allows, and saying where that fell short of what was asked."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from attrs import frozen

from mendline.engine.errors import EngineOverloaded, ModelInvalid
from mendline.engine.llama.backend import Backend, describe_backend, free_gpu_memory
from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.hardware import available_memory, default_threads
from mendline.engine.llama.model import Context, ContextSize, LoadFailed, Model, Progress, untold
from mendline.engine.llama.options import AUTO, Auto, LlamaOptions
from mendline.engine.llama.tuned import identity, recall
from mendline.engine.llama.tuning import BY_HAND, SEQUENCES, SPLICE, Machine, Plan, plans, tiles
from mendline.engine.models.gguf import inspect
from mendline.engine.protocol import Choice, EngineInfo, FillSupport

_log = logging.getLogger("mendline.engine.llama")

DEFAULT_CONTEXT = 8192
LEAST_CONTEXT = 512
_CACHE_SHARE = 4
"""The KV cache may take one part in so many of the memory that is free once the model is loaded."""
_KV_SHARES = {"f16": (1, 1), "q8_0": (17, 32)}
"""What a number takes of 16 bits: 32 of q8_0 share a scale of 16 bits."""


@frozen
class Loaded:
    """A model ready to compute.

    Attributes:
        plan: how it was loaded and its context made.
    """

    model: Model
    context: Context
    plan: Plan
    info: EngineInfo

    def close(self) -> None:
        """Free both."""
        self.context.close()
        self.model.close()


def load(path: Path, options: LlamaOptions, abort: AbortFlag, progress: Progress = untold) -> Loaded:
    """Load a GGUF.

    GPU layers: all that are asked for; where loading fails or the context finds no memory, three quarters, half, a
    quarter and none of them in turn. Context: what is asked for; "auto" is the lesser of `DEFAULT_CONTEXT` and what
    the model was trained with, halved until its cache takes at most a quarter of the free memory. Where it can't be
    allocated, half of it in turn, down to `LEAST_CONTEXT`. `progress` is told how much of the weights is read.

    Raises:
        ModelUnknown: there is no such file.
        ModelInvalid: it is not a model that can be loaded.
        EngineOverloaded: there is not enough memory for the smallest context.
        EngineUnavailable: llama.cpp itself can't be loaded.
    """
    blocks = inspect(path).block_count
    backend = describe_backend()
    machine = _machine(path, options, backend)
    attempts = layer_attempts(blocks + 1, options.gpu_layers, offload=backend.gpu_offload)
    model, context, used = _first_that_works(path, attempts, options, machine, abort, progress=progress)
    notes = [*_refused_offload(options, backend.gpu_offload), *used.notes]
    notes += _shortfalls(model, context, options, attempts[0])
    if model.chat_template is None:
        notes.append("The model brings no chat template; chats use the ChatML form, which it may not know.")
    _log.info("loaded %s: %d tokens of context, %d threads", path.name, context.tokens, used.threads)
    return Loaded(
        model,
        context,
        used,
        EngineInfo(
            model=options.model_name or path.name,
            model_path=str(path),
            description=model.description,
            backend=str(backend),
            gpu_offload=backend.gpu_offload,
            layers=model.layers,
            gpu_layers=model.gpu_layers,
            context_tokens=context.tokens,
            threads=used.threads,
            fill=FillSupport.NATIVE if model.vocabulary.fim else FillSupport.PREFIX_ONLY,
            pid=os.getpid(),
            can_splice=context.can_cut and context.can_shift and options.splice != "off",
            choices=(*_sizes(model, context, options, backend), *used.choices, *_habits(context, options)),
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


def cache_bytes(bytes_per_token: int, kv_type: str) -> int:
    """Return what a token takes in a KV cache of a type, from what it takes at 16 bits a number."""
    part, whole = _KV_SHARES[kv_type]
    return bytes_per_token * part // whole


def _machine(path: Path, options: LlamaOptions, backend: Backend) -> Machine:
    tuned = None if options.tuned_folder is None else recall(options.tuned_folder, identity(path, backend))
    return Machine(default_threads(), tiles(backend.features, inspect(path).quantisation), tuned)


def _first_that_works(
    path: Path,
    attempts: tuple[int, ...],
    options: LlamaOptions,
    machine: Machine,
    abort: AbortFlag,
    *,
    progress: Progress,
) -> tuple[Model, Context, Plan]:
    failure = ""
    loaded_once = False
    for layers in attempts:
        ways = plans(options, machine, gpu=layers > 0)
        try:
            model = Model(path, layers, repack=ways[0].repack, progress=progress)
        except LoadFailed as error:
            failure = str(error)
            continue
        loaded_once = True
        if not model.generates:
            model.close()
            raise ModelInvalid(f"{path} is not a model that writes text from left to right; choose a language model")
        for chosen in ways:
            # With layers still on the GPU, fewer layers are better than a smaller context.
            context, failure = _first_context(model, chosen, options, abort, halve=layers == 0)
            if context is not None:
                return model, context, chosen
        model.close()
    if loaded_once:
        raise EngineOverloaded(
            f"Not enough memory to run {path.name} ({failure}); close other programs or choose a smaller model"
        )
    raise ModelInvalid(f"{path} can't be loaded: {failure}")


def _first_context(
    model: Model, chosen: Plan, options: LlamaOptions, abort: AbortFlag, *, halve: bool
) -> tuple[Context | None, str]:
    per_token = cache_bytes(model.cache_bytes_per_token, chosen.kv_type)
    free = available_memory() if halve else free_gpu_memory() or available_memory()
    sizes = context_attempts(options.context_tokens, model.trained_context, per_token, free)
    failure = ""
    for tokens in sizes if halve else sizes[:1]:
        size = ContextSize(
            tokens=tokens,
            micro_batch=min(chosen.micro_batch, tokens),
            threads=chosen.threads,
            sequences=SEQUENCES,
            flash_attention=chosen.flash_attention,
            kv_type=chosen.kv_type,
        )
        try:
            return Context(model, size, abort), ""
        except LoadFailed as error:
            failure = str(error)
    return None, failure


def _sizes(model: Model, context: Context, options: LlamaOptions, backend: Backend) -> tuple[Choice, ...]:
    if options.gpu_layers != AUTO:
        why_layers = BY_HAND
    elif not backend.gpu_offload:
        why_layers = "llama.cpp was built without a GPU, or finds none"
    else:
        why_layers = "all of them" if model.gpu_layers >= model.layers else "as many as its memory takes"
    if options.context_tokens != AUTO:
        why_context = BY_HAND
    elif context.tokens < DEFAULT_CONTEXT:
        why_context = "as much as the memory or the model allows"
    else:
        why_context = "enough for several documents and a chat side by side"
    return (
        Choice("layers on a GPU", f"{model.gpu_layers} of {model.layers}", why_layers),
        Choice("context", f"{context.tokens} tokens", why_context),
    )


def _habits(context: Context, options: LlamaOptions) -> tuple[Choice, ...]:
    """Return the choices about what the engine does, as opposed to how it computes."""
    speculation = Choice("speculation", "auto", "stops by itself where its guesses don't pay")
    if options.speculation == "off":
        speculation = Choice("speculation", "off", BY_HAND)
    splice = Choice(SPLICE, "on", "what stands behind the cursor is kept while you type")
    if options.splice == "off":
        splice = Choice(SPLICE, "off", BY_HAND)
    elif not (context.can_cut and context.can_shift):
        splice = Choice(SPLICE, "off", "this model's memory can't be shifted: each keystroke recomputes the rest")
    saved = Choice("saved prompts", "none", "nothing is kept on disk unless `engine.savedStateMb` is set")
    if options.saved_state_mb and options.state_folder is not None:
        saved = Choice("saved prompts", f"up to {options.saved_state_mb} MiB", BY_HAND)
    return (splice, speculation, saved)


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
