"""What this build of llama.cpp can compute on, told without loading a model."""

from __future__ import annotations

import ctypes
import enum
from typing import Any

from attrs import frozen

from mendline.engine.llama.bindings import library


class DeviceKind(enum.Enum):
    """What sort of device it is, in the order of llama.cpp's `ggml_backend_dev_type`."""

    CPU = 0
    GPU = 1
    INTEGRATED_GPU = 2
    ACCELERATOR = 3
    OTHER = 4


@frozen
class Device:
    """A device llama.cpp sees.

    Attributes:
        name: llama.cpp's name, such as "CPU" or "CUDA0".
        description: the hardware's name.
        kind: what sort of device it is.
        free_bytes: memory free on it now; 0 when it doesn't tell.
        total_bytes: its memory; 0 when it doesn't tell.
    """

    name: str
    description: str
    kind: DeviceKind
    free_bytes: int
    total_bytes: int

    def __str__(self) -> str:
        return f"{self.name} ({self.description})" if self.description else self.name


@frozen
class Backend:
    """A build of llama.cpp.

    Attributes:
        devices: what it can compute on, GPUs first.
        gpu_offload: whether it can place layers on a GPU at all.
        features: llama.cpp's own line on instruction sets and build options.
    """

    devices: tuple[Device, ...]
    gpu_offload: bool
    features: str

    def __str__(self) -> str:
        return ", ".join(str(device) for device in self.devices) or "CPU"


def describe_backend() -> Backend:
    """Look at the installed build.

    Raises:
        EngineUnavailable: it does not load.
    """
    lib = library()
    return Backend(
        devices=tuple(sorted(_devices(lib), key=lambda device: device.kind is DeviceKind.CPU)),
        gpu_offload=bool(lib.llama_supports_gpu_offload()),
        features=lib.llama_print_system_info().decode("utf-8", "replace").strip(),
    )


def free_gpu_memory() -> int:
    """Return the bytes that are free on all GPUs together now; 0 when they don't tell."""
    kinds = {DeviceKind.GPU, DeviceKind.INTEGRATED_GPU}
    return sum(device.free_bytes for device in describe_backend().devices if device.kind in kinds)


def _devices(lib: Any) -> list[Device]:
    try:
        count = _function(lib, "ggml_backend_dev_count", ctypes.c_size_t)
        get = _function(lib, "ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
        name = _function(lib, "ggml_backend_dev_name", ctypes.c_char_p, ctypes.c_void_p)
        description = _function(lib, "ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)
        kind = _function(lib, "ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
        size_pointer = ctypes.POINTER(ctypes.c_size_t)
        memory = _function(lib, "ggml_backend_dev_memory", None, ctypes.c_void_p, size_pointer, size_pointer)
    except AttributeError:
        # Where a library's dependencies are not searched with it (Windows), ggml's functions are out of reach.
        return []
    devices = []
    for index in range(count()):
        device = get(index)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        memory(device, ctypes.byref(free), ctypes.byref(total))
        devices.append(
            Device(
                name=name(device).decode("utf-8", "replace"),
                description=description(device).decode("utf-8", "replace").strip(),
                kind=DeviceKind(min(kind(device), DeviceKind.OTHER.value)),
                free_bytes=free.value,
                total_bytes=total.value,
            )
        )
    return devices


def _function(lib: Any, name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(lib._lib, name)
    function.restype = result
    function.argtypes = list(arguments)
    return function
