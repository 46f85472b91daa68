"""Removing what no engine uses any more."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from mendline.engine.llama.kv.saved import SavedStates
from mendline.engine.llama.kv.state_folder import forget_unused
from mendline.engine.llama.kv.state_identity import model_folder

DAY = 24 * 3600


class OneByteFiles:
    """Stands for a context whose states are one byte long."""

    def save_state(self, path: Path, sequence: int, tokens: Sequence[int]) -> int:
        return path.write_bytes(b"x")

    def load_state(self, path: Path, sequence: int, capacity: int) -> list[int] | None:
        raise NotImplementedError


def save(folder: Path, token: int, *, days_ago: float) -> None:
    state = SavedStates(folder, "a model", 1000, OneByteFiles()).save([token], 0)
    assert state is not None
    then = time.time() - days_ago * DAY
    os.utime(folder / f"{state.name}.json", (then, then))


def files(states: Path) -> list[str]:
    return sorted(path.suffix for path in states.glob("*/*"))


@pytest.mark.parametrize(("days", "left"), [(30, 2), (10, 1), (60, 3), (0, 0)])
def test_states_unused_for_long_go_whatever_their_model(tmp_path: Path, days: float, left: int) -> None:
    save(model_folder(tmp_path, tmp_path / "a.gguf"), 1, days_ago=1)
    save(model_folder(tmp_path, tmp_path / "a.gguf"), 2, days_ago=20)
    save(model_folder(tmp_path, tmp_path / "b.gguf"), 3, days_ago=40)
    forget_unused(tmp_path, days=days)
    assert files(tmp_path) == [".json"] * left + [".state"] * left


def test_a_write_that_was_cut_off_goes_only_with_all_others(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, tmp_path / "a.gguf")
    save(folder, 1, days_ago=1)
    (folder / "0123456789abcdef.state.tmp").write_bytes(b"x")
    forget_unused(tmp_path, days=30)
    assert files(tmp_path) == [".json", ".state", ".tmp"]
    forget_unused(tmp_path, days=0)
    assert files(tmp_path) == []


def test_nothing_else_is_touched(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    forget_unused(tmp_path / "missing", days=0)
    real = model_folder(tmp_path, tmp_path / "a.gguf")
    save(real, 1, days_ago=1)
    elsewhere = real.rename(tmp_path / "elsewhere")
    real.symlink_to(elsewhere)
    (tmp_path / "0123456789abcdef").write_text("a file")
    (tmp_path / "notes").mkdir(mode=0o755)
    (tmp_path / "notes" / "0123456789abcdef.json").write_text("mine")
    with caplog.at_level(logging.WARNING):
        forget_unused(tmp_path, days=0)
    assert len(list(elsewhere.iterdir())) == 2
    assert (tmp_path / "notes" / "0123456789abcdef.json").exists()
    assert caplog.text.count("could not be removed") == 2
