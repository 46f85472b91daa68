"""How the time of keystrokes in VS Code is cut into parts."""

from __future__ import annotations

from typing import Any

import pytest

from bench.vscode.waits import summed


def request(asked: float, answered: float, source: str = "model", items: int = 1) -> dict[str, Any]:
    """A request as it is noted; of its time 100 ms are waiting and 300 ms the model's."""
    timings = {"waited": 0.1, "generated": 0.3}
    return {"asked": asked, "answered": answered, "items": items, "source": source, "timings": timings}


@pytest.mark.parametrize(
    ("part", "milliseconds"),
    [("to_ghost", 530), ("debounce", 100), ("model", 300), ("rest", 80), ("rest_before", 20), ("rest_server", 15)],
)
def test_each_part_is_somebodys(part: str, milliseconds: float) -> None:
    told = summed([{"key": 1000.0, "drawn": 1530.0, "requests": [request(1070, 1485)]}])
    assert told[f"{part}_ms"]["p50"] == pytest.approx(milliseconds)
    assert told["rest_after_ms"]["p50"] == pytest.approx(45)


def test_what_was_not_drawn_or_came_from_elsewhere_is_counted_and_not_cut() -> None:
    silent = {"name": "a.py", "requests": [request(1070, 1100, items=0)]}
    kept = {"key": 1000.0, "drawn": 1100.0, "requests": [request(1060, 1070, "type-through")]}
    made = {"key": 1000.0, "drawn": 1530.0, "requests": [request(1060, 1062, items=0), request(1070, 1485)]}
    told = summed([silent, kept, made])
    assert (told["suggestions"], told["drawn"], told["sources"]) == (3, 2, {"type-through": 1, "model": 1})
    assert told["to_ghost_ms"]["max"] == 530
    assert told["rest_ms"]["max"] == pytest.approx(80)


def test_without_any_suggestion_there_are_no_figures() -> None:
    with pytest.raises(ValueError, match="no measurements"):
        summed([{"name": "a.py", "requests": []}])
