"""The packaged extension in a real VS Code, typed into through a real browser; the scenarios are in `vscode/`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import vscode
from support.real_models import DEFAULT, model_path

SCENARIOS = Path(__file__).parent / "vscode"
# They wait for half a minute, and what they show is tested by the others: only made where they are wanted.
PICTURES = ["pictures"] if "MENDLINE_PICTURES" in os.environ else []

pytestmark = [
    pytest.mark.editor,
    pytest.mark.skipif(not vscode.HERE, reason="VS Code is not here; `make test-editors` installs it"),
    pytest.mark.timeout(1800),
]


@pytest.fixture(scope="module", autouse=True)
def packed() -> None:
    """Pack the extension, where it has changed since it was packed last."""
    subprocess.run(["make", "--silent", "client-vscode/mendline.vsix"], cwd=vscode.ROOT, check=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for everything that a scenario writes."""
    with vscode.home() as folder:
        yield folder


@pytest.mark.parametrize(
    "name",
    [
        "scripted",
        "underway",
        "walkthrough",
        "notebook",
        "places",
        *PICTURES,
        pytest.param("real", marks=pytest.mark.model),
    ],
)
def test_scenarios(name: str, home: Path) -> None:
    real = {"MENDLINE_MODEL": str(model_path(DEFAULT))} if name == "real" else {}
    done = vscode.run(["--test", "--test-reporter=spec", SCENARIOS / f"{name}.test.mjs"], home, real)
    assert done.returncode == 0, done.stdout + done.stderr
