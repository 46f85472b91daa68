"""Tools that a test needs and that are not everywhere, and what they once said."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from support.checked import plant

_TESTS = Path(__file__).parents[1]
_RECORDED = _TESTS / "unit/checks/verifiers/recorded"

TOOLS = _TESTS / "tools/node_modules/.bin"
"""What `make` installs for tests where Node.js is."""


def needs(*tools: str) -> pytest.MarkDecorator:
    """Skip a test where one of these tools isn't installed; those of `tests/tools` count, and are in its PATH."""
    return pytest.mark.needs(*tools)


def find(tool: str) -> str | None:
    """Where a tool is: those of `tests/tools` first, those beside the interpreter last, as checks have it."""
    folders = (str(TOOLS), os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent))
    return shutil.which(tool, path=os.pathsep.join(folders))


def recorded(name: str) -> bytes:
    """What a tool once said about files in a folder called `/project`."""
    return (_RECORDED / name).read_bytes()


def replay(root: Path, tool: str, name: str, status: int, *, stream: str = "stdout") -> None:
    """Give a project a tool of its own that says what the real one once said."""
    said = recorded(name).decode("utf-8")
    program = f"import os, sys\nsys.{stream}.write({said!r}.replace('/project', os.getcwd()))\nsys.exit({status})\n"
    plant(root / ".venv/bin", tool, program)
