from __future__ import annotations

from pathlib import Path

import pytest

from mendline import app
from mendline.cli import demo, main
from mendline.engine.errors import ModelMissing
from mendline.engine.fake import FakeEngine
from mendline.engine.protocol import EngineInfo

GOOD = [
    (
        "        ",
        "return sorted(\n            self.parts.values(),\n            key=lambda part: part.count,\n        )\n",
    ),
    ("=> ", "steepness(b) - steepness(a));\n"),
]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEngine:
    fake = FakeEngine(GOOD, info=EngineInfo(model="fake", backend="CPU", threads=2))
    monkeypatch.setattr(app, "open_engine", lambda settings: fake)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "100")
    return fake


def test_samples_parse_as_soon_as_something_stands_at_the_cursor() -> None:
    found = demo.samples()
    assert {sample.snapshot.language_id for sample in found} >= {"python", "typescript"}
    for sample in found:
        assert demo.CURSOR not in sample.snapshot.document.text
        assert 20 <= sample.snapshot.document.line_count <= 80
        assert sample.snapshot.tree is not None


def test_shows_each_suggestion_set_off_and_what_was_checked(
    engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert "» " in shown
    assert "⟦return sorted(⟧" in shown
    assert "⟦steepness(b) - steepness(a)⟧)" in shown
    assert shown.count("parses (tree-sitter)") == len(demo.samples())
    assert "fake on CPU, 2 threads" in shown
    assert "\x1b[" not in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert engine.closed


def test_a_picture_of_it(engine: FakeEngine, tmp_path: Path) -> None:
    picture = tmp_path / "demo.svg"
    assert main(["demo", "--svg", str(picture)]) == 0
    drawn = picture.read_text()
    assert drawn.startswith("<svg")
    assert "steepness" in drawn
    assert "url(http" not in drawn


def test_a_sample_without_a_suggestion_is_status_1(engine: FakeEngine, capsys: pytest.CaptureFixture[str]) -> None:
    engine._choose = lambda request: "\n"
    assert main(["demo"]) == 1
    assert "no suggestion: " in capsys.readouterr().out


def test_a_missing_model_is_fetched_once(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fetched: list[str] = []
    here = engine.info

    async def info() -> EngineInfo:
        if not fetched:
            raise ModelMissing("not here", model="some-model")
        return await here()

    monkeypatch.setattr(engine, "info", info)
    monkeypatch.setattr(demo, "_fetch", fetched.append)
    assert main(["demo"]) == 0
    assert fetched == ["some-model"]


@pytest.mark.parametrize("colour", [True, False])
def test_colours_follow_the_terminal(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], colour: bool
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert ("⟦" in shown) is not colour
    assert ("▌" in shown) is colour
