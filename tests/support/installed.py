"""Tools that a test needs and that are not everywhere, and what they once said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.checked import plant

_RECORDED = Path(__file__).parents[1] / "unit/checks/verifiers/recorded"


def needs(tool: str) -> pytest.MarkDecorator:
    """Skip a test where a tool isn't installed."""
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")


def recorded(name: str) -> bytes:
    """What a tool once said about files in a folder called `/project`."""
    return (_RECORDED / name).read_bytes()


def replay(root: Path, tool: str, name: str, status: int, *, stream: str = "stdout") -> None:
    """Give a project a tool of its own that says what the real one once said."""
    said = recorded(name).decode("utf-8")
    program = f"import os, sys\nsys.{stream}.write({said!r}.replace('/project', os.getcwd()))\nsys.exit({status})\n"
    plant(root / ".venv/bin", tool, program)
