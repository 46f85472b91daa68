"""What the benches of the engine's rates print and save. Measuring is tested with the evaluation room."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mendline.cli import main
from mendline.evaluation import candidates, decode_rate, restart, rewriting
from support.real_models import SMALL
from support.tiny_models import gguf_bytes

ITEM = {
    "task_id": "Python/0",
    "declaration": "def f():\n",
    "buggy_solution": "    return 1\n",
    "test": "assert f() == 2",
}

FIGURES: dict[str, tuple[ModuleType, dict[str, Any]]] = {
    "decode": (
        decode_rate,
        {
            "ratio": 0.981,
            "engine_tokens_per_second": 20.12,
            "bare_tokens_per_second": 20.5,
            "identical_text": True,
            "steps": 63,
            "rounds": 6,
        },
    ),
    "candidates": (
        candidates,
        {
            "candidates": 4,
            "rounds": 5,
            "ratio": 0.55,
            "together_ms": 4321,
            "in_turn_ms": 7890,
            "together_tokens": 900,
            "in_turn_tokens": 910,
            "ratio_per_token": 0.56,
            "same_text": 0.75,
        },
    ),
    "speculation": (
        rewriting,
        {
            "functions": 10,
            "ratio": 1.83,
            "on_tokens_per_second": 40.0,
            "off_tokens_per_second": 21.9,
            "ratio_median": 1.75,
            "ratio_quartiles": [1.4, 2.2],
            "ratio_with_prefill": 1.3,
            "identical_texts": 9,
            "drafted_tokens": 1500,
            "accepted_tokens": 1000,
            "tokens": 1200,
        },
    ),
    "restart": (
        restart,
        {
            "ratio": 0.03,
            "with_state_ms": 500.4,
            "without_state_ms": 17000.2,
            "load_with_state_ms": 900.0,
            "load_without_state_ms": 880.0,
            "restored_tokens": 1990,
            "prompt_tokens": 2001,
            "saved_mib": 55.5,
            "identical_texts": 3,
            "rounds": 3,
        },
    ),
}


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("COLUMNS", "140")


def measured(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Let a bench find these figures; return its arguments."""
    module, figures = FIGURES[name]

    async def run(*_: Any, **__: Any) -> dict[str, Any]:
        return figures

    monkeypatch.setattr(module, "run", run)
    model = tmp_path / "model.gguf"
    model.write_bytes(gguf_bytes())
    items = tmp_path / "items.jsonl"
    items.write_text(json.dumps(ITEM) + "\n")
    return ["bench", name, "--model", str(model), *([str(items)] if name == "speculation" else [])]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("decode", ["0.981", "≥ 0.97", "20.1 tokens/s", "20.5 tokens/s", "63, 6"]),
        (
            "candidates",
            ["4 candidates together", "0.55", "≤ 0.6 for 4", "4,321 ms", "900 together, 910 in turn", "75 %"],
        ),
        ("speculation", ["1.83", "≥ 1.6", "1.75, 1.40 to 2.20", "9 of 10", "1,500, 1,000 of 1,200"]),
        ("restart", ["0.030", "≤ 0.2", "500 ms", "17,000 ms", "1,990 of 2,001", "55.5 MiB", "3 of 3"]),
    ],
)
def test_a_table_with_figures_and_goals(
    name: str, shown: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(measured(name, monkeypatch, tmp_path)) == 0
    table = capsys.readouterr().out
    assert [text for text in shown if text not in table] == []


@pytest.mark.parametrize("name", FIGURES)
def test_json_is_printed_and_saved(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*measured(name, monkeypatch, tmp_path), "--json", "--save", str(tmp_path / "results")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "results" / f"{name}.json").read_text())
    assert printed["figures"]["ratio"] == FIGURES[name][1]["ratio"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["candidates", "--count", "1"], "count"),
        (["decode", "--tokens", "0"], "tokens"),
        (["speculation", "there/is/none.jsonl"], "does not exist"),
        (["speculation"], "FILE"),
        (["restart", "--rounds", "0"], "rounds"),
    ],
)
def test_usage_errors(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_has_no_functions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"task_id": "a"}\n')
    assert main(["bench", "speculation", str(path)]) == 2
    assert "items.jsonl:1" in capsys.readouterr().err


@pytest.mark.model
@pytest.mark.timeout(300)
def test_rewriting_with_a_real_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = tmp_path / "items.jsonl"
    items.write_text(json.dumps(ITEM) + "\n")
    assert main(["bench", "speculation", str(items), "--model", SMALL[0], "--tokens", "16", "--json"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["figures"]["functions"] == 1
    assert "1/1 Python/0" in output.err
