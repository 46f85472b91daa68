"""The picture, and why there is none."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from mendline.evaluation.typing.plot import PlotUnavailable, check_plot, plot

TIMES = {"p50": 50.0, "p95": 90.0}
CONTEXTS = {
    "512": {"one": {"first_token_ms": TIMES, "line_ms": TIMES}, "other": {"first_token_ms": None, "line_ms": TIMES}},
    "2048": {"one": {"first_token_ms": TIMES, "line_ms": TIMES}, "other": {"first_token_ms": None, "line_ms": None}},
}


@pytest.mark.parametrize(("name", "begins"), [("a.png", b"\x89PNG"), ("new/b.svg", b"<?xml")])
def test_a_picture(name: str, begins: bytes, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    plot(CONTEXTS, "title", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_nothing_measured_is_an_empty_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    plot({"512": {"one": {"first_token_ms": None, "line_ms": None}}}, "title", tmp_path / "a.png")
    assert (tmp_path / "a.png").exists()


def test_without_the_extra_its_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(PlotUnavailable, match=r"mendline\[plot\]"):
        check_plot(tmp_path / "a.png")


def test_files_that_are_no_pictures_or_cannot_be_written(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(PlotUnavailable, match=r"writes .png, .svg and .pdf"):
        check_plot(tmp_path / "a.txt")
    (tmp_path / "file").touch()
    with pytest.raises(PlotUnavailable, match="cannot write"):
        plot(CONTEXTS, "title", tmp_path / "file" / "a.png")
