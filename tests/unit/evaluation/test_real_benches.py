"""The benches that need a model run and give figures; how good they are depends on the machine."""

from __future__ import annotations

import pytest

from mendline.evaluation import cancelling, footprint

SMALL = "smollm2-135m-instruct"

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]


def test_cancelling() -> None:
    figures = cancelling.run(SMALL, repeats=2)
    assert 0 <= figures["busy_after_cancel"]["p50"] <= figures["busy_after_cancel"]["max"]
    assert figures["idle_request"]["p50"] > 0
    assert figures["prefill_ms"] > figures["idle_request"]["p50"]


def test_footprint() -> None:
    figures = footprint.run(SMALL, suggestions=2)
    assert figures["server_mib"] > 10
    assert figures["engine_mib"] > figures["model_file_mib"]
    assert figures["suggestions"] == 2
