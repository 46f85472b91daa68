"""`mendline bench typing`: options, tables, what is saved and drawn. Measuring is tested with the evaluation room."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict

from mendline.cli import main
from mendline.cli.bench import typing as bench
from mendline.evaluation.typing.bench import Plan
from mendline.evaluation.typing.replay import Pace
from mendline.evaluation.typing.sources import Recorded, Synthetic
from mendline.evaluation.typing.summary import ratios
from support.tiny_models import gguf_bytes


def figures_of(first: float | None, line: float, finished: float = 1.0) -> dict[str, Any]:
    ranks = ("p50", "p95", "p99", "max")
    return {
        "first_token_ms": None if first is None else dict.fromkeys(ranks, first),
        "line_ms": dict.fromkeys(ranks, line),
        "finished": finished,
        "computed_tokens": None if first is None else 2.5,
        "cpu_seconds": 0.25,
        "step_ms": None if first is None else 50.0,
        "resident_mib": 1234,
        "arrivals": {"count": 3, "seconds": 4.5},
    }


CONTEXTS = {
    "2048": {
        "mendline": figures_of(100.0, 600.0),
        "llama-server, same context": figures_of(2000.0, 2600.0),
        "llama-server, recommended": figures_of(500.0, 1000.0, finished=0.75),
    }
}


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """The plans that were run; the first model is a file `m.gguf`."""
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "m.gguf").write_bytes(gguf_bytes())
    seen: list[Plan] = []

    async def run(plan: Plan, say: Callable[[str], None]) -> dict[str, Any]:
        seen.append(plan)
        say("loading")
        found = [asdict(ratio) for ratio in ratios(CONTEXTS)]
        return {"model": plan.measured.model, "contexts": CONTEXTS, "ratios": found}

    monkeypatch.setattr(bench, "run", run)
    return seen


def called(folder: Path, *arguments: str) -> int:
    return main(["bench", "typing", "--model", str(folder / "m.gguf"), *arguments])


def test_tables_with_figures_and_goals(plans: list[Plan], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(tmp_path) == 0
    captured = capsys.readouterr()
    for shown in [
        "100 / 100 / 100",
        "against llama-server, same context",
        "0.050 (1/20.0)",
        "≤ 1/15",
        "0.200 (1/5.0)",
        "≤ 1/4",
        "in decode steps",
        "1,234",
        "coming to a place (3×)",
        "75%",
    ]:
        assert shown in captured.out
    assert captured.err == "loading\n"


def test_json_is_saved_and_a_picture_drawn(
    plans: list[Plan], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "typing.png"
    assert called(tmp_path, "--json", "--save", str(tmp_path / "saved"), "--plot", str(picture)) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "saved" / "typing.json").read_text())
    assert printed["figures"]["contexts"] == CONTEXTS
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_defaults(plans: list[Plan], tmp_path: Path) -> None:
    assert called(tmp_path, "--json") == 0
    (plan,) = plans
    assert plan.contexts == (512, 1024, 2048, 4096)
    assert plan.pace == Pace(pauses=False, overtake=False)
    assert isinstance(plan.states, Synthetic)
    assert (plan.states.keystrokes, plan.states.seed) == (40, 0)
    assert not plan.measured.whole
    assert plan.measured.llama_server is None


def test_options(plans: list[Plan], tmp_path: Path) -> None:
    binary, trace = tmp_path / "llama-server", tmp_path / "trace.jsonl"
    binary.touch()
    trace.write_text('{"open": "", "at": [0, 0]}\n{"type": "x"}\n')
    options = ["--context", "1024", "--context", "512", "--overtake", "--whole-path", "--keystrokes", "7"]
    assert called(tmp_path, *options, "--trace", str(trace), "--against", f"llama-server={binary}") == 0
    (plan,) = plans
    assert plan.contexts == (512, 1024)
    assert plan.pace == Pace(pauses=True, overtake=True)
    assert isinstance(plan.states, Recorded)
    assert plan.states.keystrokes == 7
    assert plan.measured.whole
    assert plan.measured.llama_server == binary


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--against", "ollama=/bin/true"], "write it as llama-server=PATH"),
        (["--against", "llama-server="], "write it as llama-server=PATH"),
        (["--against", "llama-server=/no/such"], "there is no program /no/such"),
        (["--context", "5"], "--context"),
        (["--trace", "none.jsonl"], "cannot read none.jsonl"),
        (["--trace", "t.jsonl", "--source", "s.py"], "use one of them"),
        (["--plot", "a.bmp"], "writes .png"),
        (["--pauses", "long"], "--pauses"),
    ],
)
def test_bad_input_is_one_clear_line(
    arguments: list[str], message: str, plans: list[Plan], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(tmp_path, *arguments) == 2
    assert message in capsys.readouterr().err
    assert not plans
