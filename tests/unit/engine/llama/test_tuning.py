"""How a model is run: by hand, by measurement, by rule, in this order."""

from __future__ import annotations

from typing import Any

import pytest

from mendline.engine.llama.options import LlamaOptions
from mendline.engine.llama.tuned import Tuned
from mendline.engine.llama.tuning import BY_HAND, Machine, plan, tiles

TUNED = Tuned("2026-01-31", gpu=False, threads=3, repack=True, flash_attention=True, micro_batch=128)
X86 = Machine(cores=4, tiled=True)
ARM = Machine(cores=8, tiled=False)
MEASURED = Machine(cores=4, tiled=True, tuned=TUNED)
BY_MEASUREMENT = "measured on 2026-01-31 by `mendline bench tune`"


@pytest.mark.parametrize(
    ("machine", "gpu", "decided"),
    [
        (X86, False, (4, False, 64, False, "f16")),
        (ARM, False, (8, True, 64, False, "f16")),
        (X86, True, (4, False, 512, None, "f16")),
        (MEASURED, False, (3, True, 128, True, "f16")),
        (MEASURED, True, (4, False, 512, None, "f16")),
    ],
)
def test_what_auto_means(machine: Machine, gpu: bool, decided: tuple[object, ...]) -> None:
    made = plan(LlamaOptions(), machine, gpu=gpu)
    assert (made.threads, made.repack, made.micro_batch, made.flash_attention, made.kv_type) == decided
    assert made.notes == ()


@pytest.mark.parametrize("machine", [X86, ARM, MEASURED])
@pytest.mark.parametrize("gpu", [False, True])
@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ({"threads": 2}, "threads", "2"),
        ({"micro_batch": 32}, "micro-batch", "32 tokens"),
        ({"flash_attention": "on"}, "flash attention", "on"),
        ({"flash_attention": "off"}, "flash attention", "off"),
        ({"repack": "on"}, "repacked weights", "on"),
        ({"repack": "off"}, "repacked weights", "off"),
        ({"kv_type": "f16"}, "KV type", "f16"),
        ({"kv_type": "q8_0"}, "KV type", "q8_0"),
    ],
)
def test_what_is_set_by_hand_wins(options: dict[str, Any], name: str, value: str, machine: Machine, gpu: bool) -> None:
    made = plan(LlamaOptions(**options), machine, gpu=gpu)
    (choice,) = (choice for choice in made.choices if choice.name == name)
    assert (choice.value, choice.reason) == (value, BY_HAND)


def test_every_choice_has_a_reason() -> None:
    for machine in (X86, ARM):
        assert all(choice.reason for choice in plan(LlamaOptions(), machine, gpu=False).choices)
    reasons = {choice.name: choice.reason for choice in plan(LlamaOptions(), MEASURED, gpu=False).choices}
    assert [name for name, reason in reasons.items() if reason == BY_MEASUREMENT] == [
        "threads",
        "micro-batch",
        "flash attention",
        "repacked weights",
    ]


@pytest.mark.parametrize(
    ("options", "kv_type", "flash", "noted"),
    [
        ({"kv_type": "q8_0"}, "q8_0", True, "loses a little of its precision"),
        ({"kv_type": "q8_0", "flash_attention": "on"}, "q8_0", True, "loses a little of its precision"),
        ({"kv_type": "q8_0", "flash_attention": "off"}, "f16", False, "`engine.kvType` is f16 instead of q8_0"),
        ({"kv_type": "q8_0", "splice": "off"}, "q8_0", True, ""),
    ],
)
@pytest.mark.parametrize("gpu", [False, True])
def test_a_quantised_cache_needs_flash_attention(
    options: dict[str, Any], kv_type: str, flash: bool, noted: str, gpu: bool
) -> None:
    made = plan(LlamaOptions(**options), X86, gpu=gpu)
    assert (made.kv_type, made.flash_attention) == (kv_type, flash)
    assert [noted in note for note in made.notes] == ([True] if noted else [])


@pytest.mark.parametrize(
    ("features", "quantisation", "tiled"),
    [
        ("CPU : SSE3 = 1 | AVX = 1 | AVX2 = 1 | REPACK = 1 |", "Q4_K_M", True),
        ("CPU : AVX2 = 1 |", "IQ2_XS", True),
        ("CPU : AVX2 = 1 |", "IQ4_NL", False),
        ("CPU : AVX2 = 1 |", "Q4_1", False),
        ("CPU : AVX2 = 1 |", "", False),
        ("CPU : SSE3 = 1 | AVX = 1 | AVX2 = 0 |", "Q4_K_M", False),
        ("CPU : NEON = 1 | ARM_FMA = 1 |", "Q4_K_M", False),
    ],
)
def test_tiled_kernels(features: str, quantisation: str, tiled: bool) -> None:
    assert tiles(features, quantisation) is tiled
