from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs

from mendline.evaluation.crossfile.sample import draw_places
from mendline.evaluation.crossfile.summary import summarise
from mendline.evaluation.crossfile.trials import Line, Trial
from support.python_package import write_package

LINE = Line(
    "x",
    exact=False,
    similarity=0.5,
    calls=False,
    offered=False,
    called=False,
    nearest=0.0,
    related_tokens=0,
    reasons=(),
    seconds=0.1,
)


def line(**changes: Any) -> Line:
    return attrs.evolve(LINE, **changes)


def figures(folder: Path, *pairs: tuple[Line, Line]) -> dict[str, Any]:
    place = draw_places([write_package(folder)], 1, 0)[0]
    return summarise([place] * len(pairs), [Trial("", without, related) for without, related in pairs])


def test_both_ways_and_their_difference(tmp_path: Path) -> None:
    found = figures(
        tmp_path,
        (line(exact=True, similarity=1.0), line(exact=True, similarity=1.0, calls=True)),
        (line(), line(exact=True, similarity=1.0, offered=True, called=True, nearest=0.8, related_tokens=100)),
        (line(), line()),
        (line(), line(text="", similarity=0.0, reasons=("empty", "stale"))),
    )
    whole = found["all"]
    assert whole["places"] == 4
    assert (whole["without"]["exact"]["count"], whole["related"]["exact"]["count"]) == (1, 2)
    assert whole["ratio"] == 2.0
    assert (whole["exact"]["points"], whole["exact"]["only_this"], whole["exact"]["only_control"]) == (25.0, 1, 0)
    assert whole["similarity"]["mean"] == 0.0
    assert whole["related"]["calls"]["count"] == 1
    assert (whole["related"]["called"]["count"], whole["related"]["near"]["count"]) == (1, 1)
    assert whole["related"]["related_tokens"] == 25.0
    assert whole["related"]["not_shown"] == {"empty": 1}
    assert whole["without"]["not_shown"] == {}
    assert whole["without"]["latency"]["p50"] == 100
    assert found["offered"]["places"] == 1
    assert found["offered"]["exact"]["points"] == 100


def test_nothing_exact_and_nothing_in_sight(tmp_path: Path) -> None:
    found = figures(tmp_path, (line(), line()))
    assert found["all"]["ratio"] is None
    assert "offered" not in found
