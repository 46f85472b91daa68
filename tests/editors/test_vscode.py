"""The packaged extension in a real VS Code, typed into through a real browser; the scenarios are in `vscode/`."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from support.real_models import DEFAULT, model_path

ROOT = Path(__file__).parents[2]
SCENARIOS = Path(__file__).parent / "vscode"
TOOLS = Path(os.environ.get("MENDLINE_EDITORS") or platformdirs.user_cache_path("mendline-editors"))
NODE = TOOLS / "node" / "node_modules" / "node" / "bin" / "node"
# They wait for half a minute, and what they show is tested by the others: only made where they are wanted.
PICTURES = ["pictures"] if "MENDLINE_PICTURES" in os.environ else []
HERE = any(TOOLS.glob("installed-*")) and NODE.exists() and shutil.which("npm") is not None

pytestmark = [
    pytest.mark.editor,
    pytest.mark.skipif(not HERE, reason="VS Code is not here; `make test-editors` installs it"),
    pytest.mark.timeout(1800),
]


@pytest.fixture(scope="module", autouse=True)
def packed() -> None:
    """Pack the extension, where it has changed since it was packed last."""
    subprocess.run(["make", "--silent", "client-vscode/mendline.vsix"], cwd=ROOT, check=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for everything that a scenario writes; what it has started ends with it, however the scenario ended."""
    # Not pytest's own: VS Code's sockets lie in it, and their paths may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="mendline-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
        for process in _started_in(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _started_in(folder: str) -> list[int]:
    """Return the processes that have the folder in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.fsencode(folder) in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize(
    "name",
    ["scripted", "notebook", "places", *PICTURES, pytest.param("real", marks=pytest.mark.model)],
)
def test_scenarios(name: str, home: Path) -> None:
    if name == "real":
        model_path(DEFAULT)
    command = [NODE, "--test", "--test-reporter=spec", SCENARIOS / f"{name}.test.mjs"]
    server = Path(sys.executable).with_name("mendline")
    own = {"MENDLINE_EDITORS": str(TOOLS), "MENDLINE_SERVER": str(server), "TMPDIR": str(home)}
    environment = {**os.environ, **own}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
