"""The benchmark runs and gives figures; how good they are depends on the machine."""

from __future__ import annotations

from mendline.evaluation.lsp_latency import run


def test_it_measures_every_size() -> None:
    figures = run(lines=(20, 60), requests=3, change_lines=100)
    assert list(figures["inline"]) == ["20", "60"]
    assert list(figures["change"]) == list(figures["change_only"]) == ["100"]
    for measured in (*figures["inline"].values(), figures["round_trip"], figures["change"]["100"]):
        assert 0 < measured["p50"] <= measured["p95"] <= measured["max"]
