"""The real VS Code on this machine, driven by scripts for Node.js; what they start ends with them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import platformdirs

ROOT = Path(__file__).parents[2]
TOOLS = Path(os.environ.get("MENDLINE_EDITORS") or platformdirs.user_cache_path("mendline-editors"))
VSIX = ROOT / "client-vscode" / "mendline.vsix"

_NODE = TOOLS / "node" / "node_modules" / "node" / "bin" / "node"

HERE = any(TOOLS.glob("installed-*")) and _NODE.exists() and shutil.which("npm") is not None
"""Whether VS Code and what drives it are on this machine."""


@contextlib.contextmanager
def home() -> Iterator[Path]:
    """A folder for everything that a script writes; what it has started ends with it, however the script ended."""
    # Not pytest's own: VS Code's sockets lie in it, and their paths may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="mendline-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
        for process in _started_in(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def run(
    words: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Node.js with these arguments and return how that ended.

    Args:
        words: options, the script, its arguments.
        folder: of `home`.
        environment: variables on top of this process's.
    """
    server = Path(sys.executable).with_name("mendline")
    own = {"MENDLINE_EDITORS": str(TOOLS), "MENDLINE_SERVER": str(server), "TMPDIR": str(folder)}
    whole = {**os.environ, **own, **(environment or {})}
    return subprocess.run([_NODE, *words], env=whole, capture_output=True, text=True, check=False)


def _started_in(folder: str) -> list[int]:
    """Return the processes that have the folder in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.fsencode(folder) in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found
