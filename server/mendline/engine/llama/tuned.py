"""What `mendline bench tune` measured, kept for the next start of the engine.

One file for each combination of model file, llama.cpp build and machine; a measurement of any other combination is
another file, so that nothing has to be compared when one is read.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import os
import platform
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from mendline.engine.llama.backend import Backend
from mendline.engine.llama.hardware import default_threads

_log = logging.getLogger("mendline.engine.llama")

TUNED_FOLDER = "tuned"
"""Its name below the engine's folder."""
_MOST_BYTES = 16 * 1024
_MOST_THREADS = 1024
_MOST_MICRO_BATCH = 4096


@frozen
class Tuned:
    """The faster choices, as they were measured.

    Attributes:
        date: the day of the measurement, ISO 8601.
        gpu: whether layers were on a GPU; what holds for one side doesn't for the other.
        threads: threads to compute with.
        repack: whether weights are repacked.
        flash_attention: whether it is used; None leaves it to llama.cpp.
        micro_batch: tokens computed in one go.
    """

    date: str
    gpu: bool
    threads: int
    repack: bool
    flash_attention: bool | None
    micro_batch: int


def identity(model_path: Path, backend: Backend) -> dict[str, Any]:
    """Return what a measurement depends on: the model's file, llama.cpp's version, the devices, the usable cores.

    Raises:
        OSError: there is no such file.
    """
    status = model_path.stat()
    return {
        "model": str(model_path.resolve()),
        "bytes": status.st_size,
        "modified_ns": status.st_mtime_ns,
        "llama-cpp-python": importlib.metadata.version("llama-cpp-python"),
        "devices": [str(device) for device in backend.devices] or [platform.processor() or platform.machine()],
        "features": backend.features,
        "cores": default_threads(),
    }


def remember(folder: Path, about: dict[str, Any], tuned: Tuned) -> Path:
    """Write a measurement in place of an older one about the same; return its file.

    Raises:
        OSError: the folder can't be written to.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = _path(folder, about)
    handle, name = tempfile.mkstemp(dir=folder, prefix=f"{path.stem}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"about": about, "tuned": attrs.asdict(tuned)}, file, indent=2)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def recall(folder: Path, about: dict[str, Any]) -> Tuned | None:
    """Return what was measured about exactly this; None when nothing was, or when the file can't be understood."""
    path = _path(folder, about)
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_MOST_BYTES))
        if content["about"] != about:
            raise ValueError("it is about something else")
        return _checked(Tuned(**content["tuned"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        _log.warning("what was measured in %s is ignored: %s", path, type(error).__name__)
        return None


def forget(folder: Path, about: dict[str, Any]) -> bool:
    """Remove what was measured about this; tell whether there was anything.

    Raises:
        OSError: it can't be removed.
    """
    try:
        _path(folder, about).unlink()
    except FileNotFoundError:
        return False
    return True


def _path(folder: Path, about: dict[str, Any]) -> Path:
    text = json.dumps(about, sort_keys=True)
    return folder / f"{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.json"


def _checked(tuned: Tuned) -> Tuned:
    """Return it if every value is of a sort that a context can be made with.

    Raises:
        ValueError: one isn't.
    """
    values: dict[str, Any] = attrs.asdict(tuned)
    date.fromisoformat(values["date"])
    for name, most in (("threads", _MOST_THREADS), ("micro_batch", _MOST_MICRO_BATCH)):
        if type(values[name]) is not int or not 1 <= values[name] <= most:
            raise ValueError(f"{name} is out of range")
    for name in ("gpu", "repack", "flash_attention"):
        if type(values[name]) is not bool and (name != "flash_attention" or values[name] is not None):
            raise ValueError(f"{name} is not true or false")
    return tuned
