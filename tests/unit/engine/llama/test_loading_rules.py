from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from mendline.engine.llama import hardware
from mendline.engine.llama.bindings import LEVEL_ERROR, LEVEL_WARN, Journal
from mendline.engine.llama.loading import context_attempts, layer_attempts
from mendline.engine.llama.model import offloaded_layers

MB = 1 << 20


@pytest.mark.parametrize(
    ("total", "requested", "offload", "attempts"),
    [
        (29, "auto", False, (0,)),
        (29, 10, False, (0,)),
        (29, "auto", True, (29, 21, 14, 7, 0)),
        (29, 8, True, (8, 6, 4, 2, 0)),
        (29, 99, True, (29, 21, 14, 7, 0)),
        (29, 1, True, (1, 0)),
        (29, 0, True, (0,)),
    ],
)
def test_gpu_layers_to_try(total: int, requested: int, offload: bool, attempts: tuple[int, ...]) -> None:
    assert layer_attempts(total, requested, offload=offload) == attempts


@pytest.mark.parametrize(
    ("requested", "trained", "bytes_per_token", "free", "attempts"),
    [
        ("auto", 32768, 28672, 20_000 * MB, (8192, 4096, 2048, 1024, 512)),
        ("auto", 2048, 28672, 20_000 * MB, (2048, 1024, 512)),
        ("auto", 0, 28672, 20_000 * MB, (8192, 4096, 2048, 1024, 512)),
        ("auto", 32768, 28672, 500 * MB, (4096, 2048, 1024, 512)),
        ("auto", 32768, 28672, 0, (512,)),
        (16384, 32768, 28672, 100 * MB, (16384, 8192, 4096, 2048, 1024, 512)),
        (256, 32768, 28672, 20_000 * MB, (256,)),
    ],
)
def test_context_sizes_to_try(
    requested: int, trained: int, bytes_per_token: int, free: int, attempts: tuple[int, ...]
) -> None:
    assert context_attempts(requested, trained, bytes_per_token, free) == attempts


@pytest.mark.parametrize(
    ("line", "layers"),
    [
        ("load_tensors: offloaded 15/29 layers to GPU", 15),
        ("load_tensors: offloaded 0/29 layers to GPU", 0),
        ("load_tensors: CPU_Mapped model buffer size = 1059.89 MiB", 0),
    ],
)
def test_layers_on_the_gpu_are_read_from_the_log(line: str, layers: int) -> None:
    assert offloaded_layers(Journal([(1, "something else"), (1, line)])) == layers


def test_the_first_error_is_the_reason() -> None:
    log = Journal(
        [(LEVEL_WARN, "w: odd"), (LEVEL_ERROR, "load: tensor missing"), (LEVEL_ERROR, "impl: failed to load")]
    )
    assert log.reason() == "tensor missing"
    assert Journal([(LEVEL_WARN, "w: odd")]).reason() == "odd"
    assert Journal().reason() == "no reason given"


@pytest.mark.parametrize(
    ("physical", "allowed", "quota", "threads"),
    [
        (8, 16, "max 100000", 8),
        (8, 4, "max 100000", 4),
        (8, 16, "250000 100000", 3),
        (8, 16, None, 8),
        (None, 16, "10000 100000", 1),
    ],
)
def test_threads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, physical: int | None, allowed: int, quota: str | None, threads: int
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: physical)
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(allowed)), raising=False)
    if quota is not None:
        (tmp_path / "cpu.max").write_text(quota)
    assert hardware.default_threads(tmp_path) == threads


@pytest.mark.parametrize(
    ("limit", "used", "share"),
    [("1000000", "400000", 600_000), ("1000", "4000", 0), ("max", "400000", None), (None, None, None)],
)
def test_memory_of_a_container(tmp_path: Path, limit: str | None, used: str | None, share: int | None) -> None:
    if limit is not None and used is not None:
        (tmp_path / "memory.max").write_text(limit)
        (tmp_path / "memory.current").write_text(used)
    found = hardware.available_memory(tmp_path)
    assert found == share if share is not None else found > 1_000_000
