"""What is loaded when memory is short, and how the choices are told. llama.cpp is stood in for, except at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import define, field

from mendline.engine.errors import EngineOverloaded
from mendline.engine.llama import loading
from mendline.engine.llama.backend import Backend, Device, DeviceKind
from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.loading import Loaded, load
from mendline.engine.llama.model import ContextSize, LoadFailed
from mendline.engine.llama.options import LlamaOptions
from mendline.engine.llama.tuned import Tuned, identity, remember
from mendline.engine.protocol import Choice
from support.real_models import SMALL, model_path

GIB = 1 << 30
CPU = Device("CPU", "A Processor", DeviceKind.CPU, 0, 0)
CUDA = Device("CUDA0", "A Card", DeviceKind.GPU, 8 * GIB, 8 * GIB)


@define
class Rig:
    """A machine that is not there.

    Attributes:
        most_layers: a model with more layers on the GPU can't be loaded.
        most_offloaded: with more layers on the GPU, no context can be made.
        most_cells: a larger context can't be made either.
        can_shift: whether positions can be moved.
        quantises: whether the model's KV cache can be quantised.
        sizes: what contexts were asked for, with the layers on the GPU.
        repacked: what models were asked for.
    """

    backend: Backend
    most_layers: int = 29
    most_offloaded: int = 29
    most_cells: int = 1 << 30
    can_shift: bool = True
    quantises: bool = True
    sizes: list[tuple[int, ContextSize]] = field(factory=list)
    repacked: list[bool] = field(factory=list)

    def model(self, _path: Path, gpu_layers: int, *, repack: bool, progress: Callable[[float], None]) -> Any:
        progress(0.5)
        self.repacked.append(repack)
        if gpu_layers > self.most_layers:
            raise LoadFailed("cudaMalloc failed: out of memory")
        return SimpleNamespace(
            layers=29,
            gpu_layers=gpu_layers,
            generates=True,
            trained_context=32768,
            cache_bytes_per_token=28672,
            chat_template="{{ messages }}",
            description="tiny",
            vocabulary=SimpleNamespace(fim=None),
            close=lambda: None,
        )

    def context(self, model: Any, size: ContextSize, _abort: AbortFlag) -> Any:
        self.sizes.append((model.gpu_layers, size))
        if size.kv_type == "q8_0" and not self.quantises:
            raise LoadFailed("K cache type q8_0 with block size 32 does not divide n_embd_head_k=80")
        if model.gpu_layers > self.most_offloaded or size.tokens > self.most_cells:
            raise LoadFailed("failed to allocate buffer for kv cache")
        return SimpleNamespace(
            tokens=size.tokens, can_shift=self.can_shift, can_cut=True, close=lambda: None, micro_batch=size.micro_batch
        )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "m.gguf"
    made.write_bytes(b"GGUF")
    return made


def rig(monkeypatch: pytest.MonkeyPatch, *, gpu: bool = False, **limits: Any) -> Rig:
    backend = Backend((CUDA, CPU) if gpu else (CPU,), gpu, "AVX2 = 1")
    made = Rig(backend, **limits)
    monkeypatch.setattr(loading, "inspect", lambda _path: SimpleNamespace(block_count=28, quantisation="Q4_K_M"))
    monkeypatch.setattr(loading, "describe_backend", lambda: backend)
    monkeypatch.setattr(loading, "free_gpu_memory", lambda: 8 * GIB if gpu else 0)
    monkeypatch.setattr(loading, "available_memory", lambda: 16 * GIB)
    monkeypatch.setattr(loading, "default_threads", lambda: 4)
    monkeypatch.setattr(loading, "Model", made.model)
    monkeypatch.setattr(loading, "Context", made.context)
    return made


def choices(loaded: Loaded) -> dict[str, Choice]:
    return {choice.name: choice for choice in loaded.info.choices}


def test_whoever_loads_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    rig(monkeypatch)
    seen: list[float] = []
    load(path, LlamaOptions(), AbortFlag(), seen.append)
    assert seen == [0.5]


def test_every_choice_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    rig(monkeypatch)
    told = choices(load(path, LlamaOptions(), AbortFlag()))
    assert {name: choice.value for name, choice in told.items()} == {
        "layers on a GPU": "0 of 29",
        "context": "8192 tokens",
        "threads": "4",
        "micro-batch": "64 tokens",
        "flash attention": "off",
        "KV type": "f16",
        "repacked weights": "off",
        "splice": "on",
        "speculation": "auto",
        "saved prompts": "none",
    }
    assert all(choice.reason for choice in told.values())


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ({"gpu_layers": 7}, "layers on a GPU", "7 of 29"),
        ({"context_tokens": 1024}, "context", "1024 tokens"),
        ({"threads": 2}, "threads", "2"),
        ({"micro_batch": 16}, "micro-batch", "16 tokens"),
        ({"flash_attention": "off"}, "flash attention", "off"),
        ({"kv_type": "q8_0"}, "KV type", "q8_0"),
        ({"repack": "on"}, "repacked weights", "on"),
        ({"speculation": "off"}, "speculation", "off"),
        ({"splice": "off"}, "splice", "off"),
        ({"saved_state_mb": 64, "state_folder": Path("states")}, "saved prompts", "up to 64 MiB"),
    ],
)
def test_what_is_set_by_hand_is_done_and_told(
    monkeypatch: pytest.MonkeyPatch, path: Path, options: dict[str, Any], name: str, value: str
) -> None:
    rig(monkeypatch, gpu=True)
    told = choices(load(path, LlamaOptions(**options), AbortFlag()))
    assert (told[name].value, told[name].reason) == (value, "set by hand")


@pytest.mark.parametrize(
    ("options", "can_shift", "splices", "reason"),
    [
        ({}, True, True, "kept while you type"),
        ({"splice": "off"}, True, False, "set by hand"),
        ({}, False, False, "can't be shifted"),
    ],
)
def test_whether_the_cache_is_spliced(
    monkeypatch: pytest.MonkeyPatch, path: Path, options: dict[str, Any], can_shift: bool, splices: bool, reason: str
) -> None:
    rig(monkeypatch, can_shift=can_shift)
    loaded = load(path, LlamaOptions(**options), AbortFlag())
    assert loaded.info.can_splice is splices
    assert reason in choices(loaded)["splice"].reason


@pytest.mark.parametrize("limits", [{"most_layers": 15}, {"most_offloaded": 15}])
def test_fewer_layers_where_the_gpus_memory_is_short(
    monkeypatch: pytest.MonkeyPatch, path: Path, limits: dict[str, int]
) -> None:
    made = rig(monkeypatch, gpu=True, **limits)
    loaded = load(path, LlamaOptions(), AbortFlag())
    assert loaded.info.gpu_layers == 14
    assert loaded.info.context_tokens == 8192
    assert "GPU memory is short: 14 of 29 layers are on the GPU." in loaded.info.notes
    assert made.sizes[-1][1].micro_batch == 512


def test_without_room_on_the_gpu_it_is_run_as_a_cpu_is(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    made = rig(monkeypatch, gpu=True, most_offloaded=0)
    loaded = load(path, LlamaOptions(), AbortFlag())
    assert loaded.info.gpu_layers == 0
    layers, size = made.sizes[-1]
    assert (layers, size.micro_batch, size.flash_attention) == (0, 64, False)
    assert [layers for layers, _ in made.sizes] == [29, 21, 14, 7, 0]


def test_a_smaller_context_where_memory_is_short(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    rig(monkeypatch, most_cells=2048)
    loaded = load(path, LlamaOptions(), AbortFlag())
    assert loaded.info.context_tokens == 2048
    assert "Memory is short: the context has 2048 tokens instead of 8192." in loaded.info.notes


def test_no_memory_at_all(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    rig(monkeypatch, gpu=True, most_cells=0)
    with pytest.raises(EngineOverloaded, match="kv cache"):
        load(path, LlamaOptions(), AbortFlag())


@pytest.mark.parametrize(("kv_type", "tokens"), [("f16", 4096), ("q8_0", 8192)])
def test_a_quantised_cache_lets_more_tokens_in(
    monkeypatch: pytest.MonkeyPatch, path: Path, kv_type: Any, tokens: int
) -> None:
    rig(monkeypatch)
    monkeypatch.setattr(loading, "available_memory", lambda: 600 << 20)
    assert load(path, LlamaOptions(kv_type=kv_type), AbortFlag()).info.context_tokens == tokens


@pytest.mark.parametrize("gpu", [False, True])
def test_a_cache_that_cannot_be_quantised_is_not(monkeypatch: pytest.MonkeyPatch, path: Path, gpu: bool) -> None:
    rig(monkeypatch, gpu=gpu, quantises=False)
    loaded = load(path, LlamaOptions(kv_type="q8_0"), AbortFlag())
    assert (loaded.plan.kv_type, loaded.info.context_tokens) == ("f16", 8192)
    assert loaded.info.gpu_layers == (29 if gpu else 0)
    assert any(note.startswith("`engine.kvType` is f16 instead of q8_0") for note in loaded.info.notes)


def test_what_was_measured_here_is_used(monkeypatch: pytest.MonkeyPatch, path: Path, tmp_path: Path) -> None:
    made = rig(monkeypatch)
    tuned = Tuned("2026-01-31", gpu=False, threads=3, repack=True, flash_attention=True, micro_batch=32)
    remember(tmp_path / "tuned", identity(path, made.backend), tuned)
    loaded = load(path, LlamaOptions(tuned_folder=tmp_path / "tuned"), AbortFlag())
    _, size = made.sizes[-1]
    assert (size.threads, size.flash_attention, size.micro_batch, made.repacked) == (3, True, 32, [True])
    assert choices(loaded)["threads"].reason == "measured on 2026-01-31 by `mendline bench tune`"
    load(path, LlamaOptions(), AbortFlag())
    assert made.sizes[-1][1].threads == 4


@pytest.mark.model
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"kv_type": "q8_0"},
        {"repack": "on", "flash_attention": "on", "micro_batch": 16},
        {"splice": "off", "threads": 1},
    ],
)
def test_a_real_model_takes_every_option(options: dict[str, Any]) -> None:
    loaded = load(model_path(SMALL), LlamaOptions(context_tokens=512, **options), AbortFlag())
    try:
        assert loaded.info.can_splice is (options.get("splice") != "off")
        assert loaded.context.micro_batch == options.get("micro_batch", loaded.plan.micro_batch)
        assert choices(loaded)["KV type"].value == options.get("kv_type", "f16")
    finally:
        loaded.close()
