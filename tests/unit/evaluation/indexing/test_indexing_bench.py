"""The index's bench on a small tree: every figure is there and is of the thing it names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import mendline
from mendline.evaluation.indexing import bench
from mendline.evaluation.indexing.code_tree import some_names, write_tree
from support.indexed import Indexed


def test_trees_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert list(write_tree(tmp_path / name, 60, seed=3)) == [60]
    one, two = (
        {file.relative_to(tmp_path / name): file.read_text() for file in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert one == two
    assert len(one) == 60
    assert {file.suffix for file in one} == {".py", ".ts"}


def test_names_of_a_tree_are_found_in_its_index(tmp_path: Path) -> None:
    list(write_tree(tmp_path / "work", 200))
    indexed = Indexed.of(tmp_path)
    assert indexed.state.left_out == {}
    asked = some_names(50)
    assert sum(indexed.index.knows(function) for function, _ in asked) > 10
    assert all(indexed.index.search([function]) for function, _ in asked)


def test_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(mendline.__file__).parents[1]))
    monkeypatch.setenv("MENDLINE_STATE_DIR", "/nowhere")
    told: list[str] = []
    figures = bench.run(20, told.append, queries=3)
    assert os.environ["MENDLINE_STATE_DIR"] == "/nowhere"
    assert figures["files"] == 20
    assert figures["definitions"] > 200
    assert figures["files_per_second"] > 0
    assert figures["size_mb"] > 0.05
    for name in ("typing", "typing_while_indexing", "definitions_query", "search_query", "using_query", "knows_query"):
        assert figures[name]["max"] > 0
    assert "20 files written" in told
