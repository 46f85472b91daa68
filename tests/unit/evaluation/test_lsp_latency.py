"""The benchmark runs and gives figures; how good they are depends on the machine."""

from __future__ import annotations

from mendline.evaluation.lsp_latency import run


def test_it_measures_every_size() -> None:
    figures = run(lines=(20, 60), requests=3, change_lines=100)
    assert list(figures["inline"]) == list(figures["typed_inline"]) == ["20", "60"]
    assert list(figures["type_through"]) == list(figures["recent"]) == ["20", "60"]
    assert list(figures["change"]) == list(figures["change_only"]) == ["100"]
    assert list(figures["change_applied"]) == list(figures["change_applied_only"]) == ["100"]
    names = ("inline", "typed_inline", "type_through", "recent", "code_action")
    inline = tuple(each for name in names for each in figures[name].values())
    for measured in (*inline, figures["round_trip"], figures["change"]["100"], figures["change_applied"]["100"]):
        assert 0 < measured["p50"] <= measured["p95"] <= measured["max"]
