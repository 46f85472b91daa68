"""The machine, the versions, the folders."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil

import mendline
from mendline.cli.doctor.findings import Finding, Level

PACKAGES = ("pygls", "lsprotocol", "tree-sitter", "llama-cpp-python", "aiohttp")
GIB = 2**30
LITTLE_DISK_BYTES = 2 * GIB


def environment() -> Iterable[Finding]:
    """Describe what Mendline runs on."""
    yield Finding("mendline", f"{mendline.__version__} ({Path(mendline.__file__).parent})")
    yield Finding("python", f"{platform.python_version()} ({sys.executable})")
    yield Finding("system", platform.platform())
    memory = psutil.virtual_memory()
    physical = psutil.cpu_count(logical=False) or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("cores", f"{physical} physical, {usable} usable by this process")
    yield Finding("memory", f"{memory.total / GIB:.1f} GiB, {memory.available / GIB:.1f} GiB available")
    for package in PACKAGES:
        yield _package(package)


def folders(named: Iterable[tuple[str, Path]]) -> Iterable[Finding]:
    """Say where things are, and whether they can be written and have room."""
    for label, path in named:
        there = next(parent for parent in (path, *path.parents) if parent.exists())
        free = psutil.disk_usage(str(there)).free
        value = f"{path} ({free / GIB:.1f} GiB free)"
        if not os.access(there, os.W_OK):
            yield Finding(label, value, Level.ATTENTION, f"{there} can't be written; give yourself the right to.")
        elif free < LITTLE_DISK_BYTES:
            yield Finding(label, value, Level.NOTE, "Little space is left there.")
        else:
            yield Finding(label, value)


def _package(name: str) -> Finding:
    try:
        return Finding(name, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "not installed", Level.ATTENTION, f"Run `{sys.executable} -m pip install {name}`.")
