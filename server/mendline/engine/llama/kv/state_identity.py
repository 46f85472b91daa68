"""Which saved prompt states may be exchanged for each other."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path

_HEAD_BYTES = 1 << 20


def identity_of(
    model_path: Path,
    kv_type: str,
    flash_attention: bool | None,
    settings: Mapping[str, str | int | float | bool | None] | None = None,
    *,
    sha256: str | None = None,
) -> str:
    """Describe what cells depend on, so that states of one description can be exchanged.

    Args:
        model_path: the model's file.
        kv_type: type of the numbers in the KV cache.
        flash_attention: values are laid out differently with and without it.
        settings: anything else that changes cells, such as RoPE scaling or an adapter.
        sha256: the hash of the model's file, where it is known (the catalogue's, checked at download). Without it, the
            file's size, its modification time and a hash of its first megabyte stand for it.

    Raises:
        OSError: the model's file can't be read.
    """
    if sha256 is not None:
        model: dict[str, str | int] = {"sha256": sha256}
    else:
        with model_path.open("rb", buffering=0) as file:
            head = hashlib.sha256(file.read(_HEAD_BYTES)).hexdigest()
        status = model_path.stat()
        model = {"bytes": status.st_size, "modified_ns": status.st_mtime_ns, "head": head}
    about = {
        "model": model,
        "kv_type": kv_type,
        "flash_attention": flash_attention,
        "settings": dict(settings or {}),
        "llama-cpp-python": importlib.metadata.version("llama-cpp-python"),
    }
    return json.dumps(about, sort_keys=True)


def model_folder(states: Path, model_path: Path) -> Path:
    """Return a model's own folder below that of all states, so that engines of two models don't meet in one."""
    digest = hashlib.sha256(str(model_path.resolve()).encode("utf-8", "surrogateescape"))
    return states / digest.hexdigest()[:16]
