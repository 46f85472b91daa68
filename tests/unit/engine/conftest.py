"""What tests of the shared engine have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.engine_processes import Processes


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """Engine processes in a folder of the test's own; none is left when it ends."""
    made = Processes.under(tmp_path, monkeypatch)
    yield made
    made.gate.touch()
    made.stop()
