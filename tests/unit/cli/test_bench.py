"""`mendline bench`: what it prints and saves. How the figures are measured is tested with the evaluation room."""

import json
from pathlib import Path
from typing import Any

import pytest

from mendline.cli import main
from mendline.evaluation import cancelling, footprint, lsp_latency

SPREAD = {"p50": 1.0, "p95": 2.0, "max": 3.0}
FIGURES: dict[str, dict[str, Any]] = {
    "cancel": {"busy_after_cancel": SPREAD, "idle_request": SPREAD, "prefill_ms": 12_345},
    "memory": {
        "suggestions": 100,
        "answered": 97,
        "server_mib": 80,
        "engine_mib": 1700,
        "model_file_mib": 1066,
        "context": 8192,
    },
}


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(cancelling, "run", lambda model, repeats: FIGURES["cancel"])
    monkeypatch.setattr(footprint, "run", lambda model, suggestions, context: FIGURES["memory"])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cancel", ["p50 1.0 ms, p95 2.0 ms", "p95 ≤ 150 ms", "12,345 ms"]),
        ("memory", ["80 MiB", "1,700 MiB (the model's file: 1,066 MiB)", "634 MiB", "97 of 100"]),
    ],
)
def test_a_table_with_figures_and_goals(name: str, shown: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", name]) == 0
    table = capsys.readouterr().out
    assert all(text in table for text in shown)


def test_a_real_measurement_is_printed_and_saved_with_its_circumstances(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = lsp_latency.run
    monkeypatch.setattr(lsp_latency, "run", lambda requests: real(lines=(20,), requests=requests, change_lines=40))
    assert main(["bench", "lsp", "--requests", "2", "--json", "--save", str(tmp_path / "results")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "results" / "lsp.json").read_text())
    assert printed["figures"]["inline"]["20"]["p50"] > 0
    assert printed["versions"]["mendline"]
    assert printed["machine"]["devices"]


@pytest.mark.model
@pytest.mark.timeout(300)
def test_the_engine_alone(capsys: pytest.CaptureFixture[str]) -> None:
    model = "smollm2-135m-instruct"
    assert main(["bench", "cancel", "--in-process", "--json", "--repeats", "2", "--model", model]) == 0
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert figures["prompt_tokens"] > 1000
    assert 0 < figures["busy_after_abort"]["p50"] <= figures["busy_after_abort"]["max"] < figures["prefill_ms"]


def test_bad_numbers_are_usage_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "lsp", "--requests", "0"]) == 2
    assert "requests" in capsys.readouterr().err
