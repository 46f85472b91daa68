"""Choosing how a model runs on this machine, and saying why.

What the user set wins; then what `mendline bench tune` measured; then the rules here, which come from measurements on
two x86 cores (`tests/bench/results`).
"""

from __future__ import annotations

from attrs import evolve, frozen

from mendline.engine.llama.options import AUTO, LlamaOptions
from mendline.engine.llama.tuned import Tuned
from mendline.engine.protocol import Choice

SEQUENCES = 16
"""Sequences a context can hold side by side: documents, chats, the candidates of one request."""
CPU_MICRO_BATCH = 64
GPU_MICRO_BATCH = 512

BY_HAND = "set by hand"
SPLICE = "splice"
"""The name of the choice whether a prompt's cache is kept behind a change."""


@frozen
class Machine:
    """What the rules ask of a machine.

    Attributes:
        cores: physical cores this process may use.
        tiled: whether llama.cpp's tiled kernels compute the model; see `tiles`.
        tuned: what was measured here, if anything was.
    """

    cores: int
    tiled: bool
    tuned: Tuned | None = None


@frozen
class Plan:
    """How a model is loaded and its context made; sizes that depend on free memory are not part of it.

    Attributes:
        threads: threads to compute with.
        repack: whether weights on the CPU are repacked.
        micro_batch: the most tokens computed in one go.
        flash_attention: None leaves it to llama.cpp.
        kv_type: "f16" or "q8_0".
        choices: the same in words, with reasons.
        notes: settings that could not be followed, in a sentence each.
    """

    threads: int
    repack: bool
    micro_batch: int
    flash_attention: bool | None
    kv_type: str
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()


def tiles(features: str, quantisation: str) -> bool:
    """Tell whether llama.cpp computes a model's prompts with its tiled kernels.

    They are for x86 with AVX2 and for weights stored in blocks of 256 (llama.cpp, `ggml-cpu/tiled`), and only where
    weights aren't repacked.

    Args:
        features: llama.cpp's line on its features.
        quantisation: its name of how most weights are stored, such as "Q4_K_M".
    """
    in_large_blocks = "_K" in quantisation or (quantisation.startswith("IQ") and quantisation != "IQ4_NL")
    return "AVX2 = 1" in features and in_large_blocks


def plan(options: LlamaOptions, machine: Machine, *, gpu: bool) -> Plan:
    """Decide.

    Args:
        options: what was asked for.
        machine: what it is to run on.
        gpu: whether layers are to be on a GPU.
    """
    tuned = machine.tuned if machine.tuned is not None and machine.tuned.gpu is gpu else None
    measured = f"measured on {tuned.date} by `mendline bench tune`" if tuned is not None else ""
    threads, why_threads = _threads(options, machine, tuned, measured)
    repack, why_repack = _repack(options, machine, tuned, measured)
    micro_batch, why_micro_batch = _micro_batch(options, tuned, measured, gpu=gpu)
    kv_type, why_kv_type, notes = _kv_type(options)
    flash, why_flash = _flash_attention(options, tuned, measured, gpu=gpu)
    if kv_type == "q8_0" and flash is not True:
        flash, why_flash = True, "a quantised KV cache needs it"
    return Plan(
        threads=threads,
        repack=repack,
        micro_batch=micro_batch,
        flash_attention=flash,
        kv_type=kv_type,
        choices=(
            Choice("threads", str(threads), why_threads),
            Choice("micro-batch", f"{micro_batch} tokens", why_micro_batch),
            Choice("flash attention", {None: AUTO, True: "on", False: "off"}[flash], why_flash),
            Choice("KV type", kv_type, why_kv_type),
            Choice("repacked weights", _on(repack), why_repack),
        ),
        notes=notes,
    )


def plans(options: LlamaOptions, machine: Machine, *, gpu: bool) -> tuple[Plan, ...]:
    """Return what to try, best first: `plan`, and where that quantises the KV cache the same without.

    llama.cpp can't quantise the caches of all models: a head's width has to be a multiple of 32.
    """
    first = plan(options, machine, gpu=gpu)
    if first.kv_type == "f16":
        return (first,)
    second = plan(evolve(options, kv_type="auto"), machine, gpu=gpu)
    note = f"`engine.kvType` is f16 instead of {first.kv_type}, which this model's KV cache can't have."
    return first, evolve(second, notes=(note,))


def _threads(options: LlamaOptions, machine: Machine, tuned: Tuned | None, measured: str) -> tuple[int, str]:
    if options.threads != AUTO:
        return int(options.threads), BY_HAND
    if tuned is not None:
        return tuned.threads, measured
    return machine.cores, "one a physical core this process may use"


def _repack(options: LlamaOptions, machine: Machine, tuned: Tuned | None, measured: str) -> tuple[bool, str]:
    if options.repack != AUTO:
        return options.repack == "on", BY_HAND
    if tuned is not None:
        return tuned.repack, measured
    if machine.tiled:
        return False, "slower than llama.cpp's tiled kernels on this processor, and takes more memory"
    return True, "the layouts llama.cpp has for this processor"


def _micro_batch(options: LlamaOptions, tuned: Tuned | None, measured: str, *, gpu: bool) -> tuple[int, str]:
    if options.micro_batch != AUTO:
        return int(options.micro_batch), BY_HAND
    if tuned is not None:
        return tuned.micro_batch, measured
    if gpu:
        return GPU_MICRO_BATCH, "a GPU is fast enough to compute so many between two keystrokes"
    return CPU_MICRO_BATCH, "short, so that little is lost when a keystroke overtakes a request"


def _flash_attention(
    options: LlamaOptions, tuned: Tuned | None, measured: str, *, gpu: bool
) -> tuple[bool | None, str]:
    if options.flash_attention != AUTO:
        return options.flash_attention == "on", BY_HAND
    if tuned is not None:
        return tuned.flash_attention, measured
    if gpu:
        return None, "llama.cpp decides by the GPU"
    return False, "slower on the CPU"


def _kv_type(options: LlamaOptions) -> tuple[str, str, tuple[str, ...]]:
    if options.kv_type == AUTO:
        return "f16", "a quantised one loses precision at each splice", ()
    if options.kv_type == "q8_0" and options.flash_attention == "off":
        note = (
            "`engine.kvType` is f16 instead of q8_0: a quantised KV cache needs flash attention, "
            "which `engine.flashAttention` switches off."
        )
        return "f16", "q8_0 needs flash attention, which is switched off by hand", (note,)
    if options.kv_type == "q8_0" and options.splice != "off":
        return "q8_0", BY_HAND, ("The KV cache is quantised: each splice loses a little of its precision.",)
    return options.kv_type, BY_HAND, ()


def _on(value: bool) -> str:
    return "on" if value else "off"
