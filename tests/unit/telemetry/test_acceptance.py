"""What became of suggestions, beyond a session."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from mendline.telemetry import acceptance
from mendline.telemetry.acceptance import AcceptanceBook, Figures

ONE = Figures(shown=3, accepted=1, partially_accepted=1, followed=1, kept=1, characters=20)


def test_sessions_add_up_by_day_and_language(tmp_path: Path) -> None:
    book = AcceptanceBook(tmp_path / "deep" / "acceptance.json")
    book.add({"2026-01-02": {"python": ONE}})
    book.add({"2026-01-02": {"python": Figures(shown=2), "rust": Figures(shown=1)}, "2026-01-03": {"": ONE}})
    assert book.read() == {
        "2026-01-02": {"python": ONE + Figures(shown=2), "rust": Figures(shown=1)},
        "2026-01-03": {"": ONE},
    }


def test_the_oldest_days_go(tmp_path: Path) -> None:
    book = AcceptanceBook(tmp_path / "acceptance.json", days=2)
    for day in ("2026-01-03", "2026-01-01", "2026-01-02"):
        book.add({day: {"python": ONE}})
    assert list(book.read()) == ["2026-01-02", "2026-01-03"]


def test_nothing_counted_writes_nothing(tmp_path: Path) -> None:
    AcceptanceBook(tmp_path / "acceptance.json").add({})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"today": {}}', '{"2026-01-01": 3}', '{"2026-01-01": {"c": {"shown": "x"}}}']
)
def test_a_spoiled_file_counts_as_empty(tmp_path: Path, content: str) -> None:
    book = AcceptanceBook(tmp_path / "acceptance.json")
    (tmp_path / "acceptance.json").write_text(content)
    assert book.read() == {}
    book.add({"2026-01-01": {"c": ONE}})
    assert book.read() == {"2026-01-01": {"c": ONE}}


def test_a_lock_that_is_held_is_an_error_not_a_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptance, "LOCK_SECONDS", 0.01)
    path = tmp_path / "acceptance.json"
    with FileLock(path.with_suffix(".lock"), is_singleton=False), pytest.raises(OSError, match="locked"):
        AcceptanceBook(path).add({"2026-01-01": {"c": ONE}})


def test_it_lies_beside_the_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path))
    AcceptanceBook().add({"2026-01-01": {"c": ONE}})
    assert (tmp_path / "telemetry" / acceptance.FILE).exists()
