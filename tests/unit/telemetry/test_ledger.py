"""Counts that outlive a session."""

from pathlib import Path

import pytest
from filelock import FileLock

from mendline.telemetry import ledger


def test_sessions_add_up(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "counts.json"
    ledger.add({"completion.offered": 2}, path)
    ledger.add({"completion.offered": 3, "completion.rejected.empty": 1}, path)
    assert ledger.read(path) == {"completion.offered": 5, "completion.rejected.empty": 1}


def test_nothing_counted_writes_nothing(tmp_path: Path) -> None:
    ledger.add({}, tmp_path / "counts.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": "many"}', "null"])
def test_a_spoiled_file_counts_as_empty(tmp_path: Path, content: str) -> None:
    path = tmp_path / "counts.json"
    path.write_text(content)
    assert ledger.read(path) == {}
    ledger.add({"a": 1}, path)
    assert ledger.read(path) == {"a": 1}


def test_a_lock_that_is_held_is_an_error_not_a_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "LOCK_SECONDS", 0.01)
    path = tmp_path / "counts.json"
    with FileLock(path.with_suffix(".lock"), is_singleton=False), pytest.raises(OSError, match="locked"):
        ledger.add({"a": 1}, path)


def test_the_environment_moves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path))
    assert tmp_path in ledger.ledger_path().parents
