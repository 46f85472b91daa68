"""The build of llama.cpp: what it computes on, and how to get one for the GPU at hand."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import frozen

from mendline.cli.doctor.findings import Finding, Level
from mendline.engine.errors import EngineError
from mendline.engine.llama.backend import DeviceKind, describe_backend


@frozen
class Build:
    """A way to build llama.cpp for a kind of GPU.

    Attributes:
        name: the backend's name.
        option: llama.cpp's build option.
        present: tells whether such a GPU seems to be in this machine.
        needs: what has to be installed before.
    """

    name: str
    option: str
    present: Callable[[], bool]
    needs: str


def _exists(*paths: str) -> Callable[[], bool]:
    return lambda: any(Path(path).exists() for path in paths)


BUILDS = (
    Build(
        "CUDA",
        "GGML_CUDA",
        lambda: shutil.which("nvidia-smi") is not None or Path("/dev/nvidia0").exists(),
        "the CUDA toolkit (nvcc)",
    ),
    Build("ROCm", "GGML_HIP", _exists("/dev/kfd"), "ROCm (hipcc)"),
    Build("Metal", "GGML_METAL", lambda: platform.system() == "Darwin", "Xcode's command line tools"),
    Build("Vulkan", "GGML_VULKAN", _exists("/dev/dri/renderD128"), "the Vulkan SDK (glslc and headers)"),
)


def backend() -> Iterable[Finding]:
    """Describe the installed build and, where it leaves a GPU idle, say how to change that."""
    try:
        built = describe_backend()
    except EngineError as error:
        yield Finding("llama.cpp", str(error), Level.ATTENTION, f"Build it again: `{rebuild(None)}`.")
        return
    yield Finding("devices", ", ".join(str(device) for device in built.devices) or "CPU")
    gpus = [device for device in built.devices if device.kind is not DeviceKind.CPU]
    at_hand = next((build for build in BUILDS if build.present()), None)
    if built.gpu_offload and gpus:
        yield Finding("GPU offload", "built in")
    elif built.gpu_offload:
        yield Finding("GPU offload", "built in, but no GPU was found", Level.NOTE, "Check the driver.")
    elif at_hand is not None:
        advice = f"This machine seems to have a GPU. With {at_hand.needs} installed: `{rebuild(at_hand)}`."
        yield Finding("GPU offload", "not built in", Level.NOTE, advice)
    else:
        advice = f"With a GPU, build for it; for CUDA: `{rebuild(BUILDS[0])}`."
        yield Finding("GPU offload", "not built in; no GPU was found either", Level.OK, advice)


def rebuild(build: Build | None) -> str:
    """Return the command that builds llama.cpp anew in this environment."""
    option = f'CMAKE_ARGS="-D{build.option}=on" ' if build else ""
    flags = "--force-reinstall --no-cache-dir --no-deps"
    return f"{option}{sys.executable} -m pip install {flags} llama-cpp-python"
