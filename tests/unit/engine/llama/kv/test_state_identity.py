"""What makes two prompt states exchangeable."""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mendline.engine.llama.kv.state_identity import identity_of, model_folder

USUAL: dict[str, Any] = {"kv_type": "f16", "flash_attention": False, "settings": {"rope_freq_base": 10000.0}}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    os.utime(path, (1000, 1000))
    return path


def test_the_same_is_the_same(model: Path) -> None:
    assert identity_of(model, **USUAL) == identity_of(model, **USUAL)
    assert identity_of(model, "f16", None) == identity_of(model, "f16", None, {})


@pytest.mark.parametrize(
    "change",
    [
        {"kv_type": "q8_0"},
        {"flash_attention": True},
        {"flash_attention": None},
        {"settings": {"rope_freq_base": 20000.0}},
        {"settings": {}},
        {"sha256": "a" * 64},
    ],
)
def test_other_settings_are_another_identity(model: Path, change: dict[str, Any]) -> None:
    assert identity_of(model, **(USUAL | change)) != identity_of(model, **USUAL)


def _longer(model: Path) -> None:
    with model.open("ab") as file:
        file.write(b"x")
    os.utime(model, (1000, 1000))


def _rewritten(model: Path) -> None:
    model.write_bytes(b"GGUF" + bytes(99) + b"x")
    os.utime(model, (1000, 1000))


def _touched(model: Path) -> None:
    os.utime(model, (1000, 1001))


@pytest.mark.parametrize("change", [_longer, _rewritten, _touched])
def test_another_file_is_another_identity_unless_its_hash_is_known(model: Path, change: Callable[[Path], None]) -> None:
    unknown, known = identity_of(model, **USUAL), identity_of(model, **USUAL, sha256="a" * 64)
    change(model)
    assert identity_of(model, **USUAL) != unknown
    assert identity_of(model, **USUAL, sha256="a" * 64) == known


def test_another_version_is_another_identity(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = identity_of(model, **USUAL)
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "0.0.1")
    assert identity_of(model, **USUAL) != now


def test_each_model_has_a_folder_of_its_own(model: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.gguf"
    link.symlink_to(model)
    states = tmp_path / "states"
    assert model_folder(states, model) == model_folder(states, link)
    assert model_folder(states, model) != model_folder(states, tmp_path / "other.gguf")
    assert model_folder(states, model).parent == states
