"""The packaged extension in a real VS Code, typed into through a real browser; the scenarios are in `vscode/`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from support.real_models import DEFAULT, model_path

ROOT = Path(__file__).parents[2]
SCENARIOS = Path(__file__).parent / "vscode"
TOOLS = Path(os.environ.get("MENDLINE_EDITORS") or platformdirs.user_cache_path("mendline-editors"))
NODE = TOOLS / "node" / "node_modules" / "node" / "bin" / "node"
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


@pytest.mark.parametrize(
    "name",
    ["scripted", "places", pytest.param("real", marks=pytest.mark.model)],
)
def test_scenarios(name: str) -> None:
    if name == "real":
        model_path(DEFAULT)
    command = [NODE, "--test", "--test-reporter=spec", SCENARIOS / f"{name}.test.mjs"]
    server = Path(sys.executable).with_name("mendline")
    environment = {**os.environ, "MENDLINE_EDITORS": str(TOOLS), "MENDLINE_SERVER": str(server)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
