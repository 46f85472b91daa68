"""What `mendline bench tune` remembers, and what is done with a file that is not what it wrote."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path
from typing import Any

import attrs
import pytest

from mendline.engine.llama.backend import Backend, Device, DeviceKind
from mendline.engine.llama.tuned import Tuned, forget, identity, recall, remember

TUNED = Tuned("2026-01-31", gpu=False, threads=3, repack=True, flash_attention=None, micro_batch=128)
CPU = Device("CPU", "A Processor", DeviceKind.CPU, 0, 0)
CUDA = Device("CUDA0", "A Card", DeviceKind.GPU, 10, 20)
ABOUT: dict[str, Any] = {"model": "/m.gguf", "bytes": 1}


def test_a_measurement_is_private_and_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "tuned"
    assert recall(folder, ABOUT) is None
    path = remember(folder, ABOUT, TUNED)
    assert recall(folder, ABOUT) == TUNED
    later = attrs.evolve(TUNED, date="2026-02-01", flash_attention=True)
    assert remember(folder, ABOUT, later) == path
    assert recall(folder, ABOUT) == later
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, path)] == [0o700, 0o600]
    assert list(folder.iterdir()) == [path]


def test_what_was_measured_is_forgotten(tmp_path: Path) -> None:
    remember(tmp_path, ABOUT, TUNED)
    assert forget(tmp_path, ABOUT)
    assert recall(tmp_path, ABOUT) is None
    assert not forget(tmp_path, ABOUT)


def test_other_circumstances_are_another_measurement(tmp_path: Path) -> None:
    model = tmp_path / "m.gguf"
    model.write_bytes(b"12345")
    backend = Backend((CPU,), False, "AVX2 = 1")
    about = identity(model, backend)
    remember(tmp_path, about, TUNED)
    assert recall(tmp_path, identity(model, backend)) == TUNED
    assert recall(tmp_path, identity(model, attrs.evolve(backend, features="AVX2 = 0"))) is None
    assert recall(tmp_path, identity(model, attrs.evolve(backend, devices=(CUDA, CPU)))) is None
    model.write_bytes(b"123456")
    assert recall(tmp_path, identity(model, backend)) is None


GOOD = attrs.asdict(TUNED)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 10_000,
        b'{"about": {}, "tuned": {}}',
        json.dumps({"about": {**ABOUT, "bytes": 2}, "tuned": GOOD}),
        json.dumps({"about": ABOUT, "tuned": {**GOOD, "unknown": 1}}),
        *(
            json.dumps({"about": ABOUT, "tuned": {**GOOD, name: value}})
            for name, value in [
                ("date", "yesterday"),
                ("date", 5),
                ("threads", 0),
                ("threads", 100_000),
                ("threads", "2"),
                ("threads", True),
                ("micro_batch", 1 << 40),
                ("micro_batch", None),
                ("repack", 1),
                ("repack", None),
                ("gpu", "no"),
                ("flash_attention", "auto"),
            ]
        ),
    ],
)
def test_a_file_that_is_not_what_was_written_is_ignored(
    tmp_path: Path, content: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = remember(tmp_path, ABOUT, TUNED)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with caplog.at_level(logging.WARNING):
        assert recall(tmp_path, ABOUT) is None
    assert "is ignored" in caplog.text


def test_a_folder_that_cannot_be_read_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "tuned").write_text("a file")
    assert recall(tmp_path / "tuned", ABOUT) is None
