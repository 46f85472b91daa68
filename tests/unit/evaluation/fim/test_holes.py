"""Both formats are read; what is neither is refused with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mendline.evaluation.fim.holes import Hole, draw, files_of, groups_of, read_holes
from mendline.evaluation.json_lines import ItemsError
from mendline.evaluation.running import Case
from support.fim_items import infilling, safim, write_lines


def test_an_item_of_humaneval_infilling(tmp_path: Path) -> None:
    (hole,) = read_holes(write_lines(tmp_path / "single_line.jsonl.gz", infilling(3)), "single_line")
    assert hole.name == "single_line/SingleLineInfilling/HumanEval/3/L0"
    assert hole.problem == "SingleLineInfilling/HumanEval/3"
    assert hole.document == hole.prompt + "    # the end\n"
    assert hole.solution == "    return value + 3\n"
    assert hole.check.endswith("\ncheck(plus)\n")
    assert (hole.executed, hole.cases) == (True, ())


def test_an_item_of_safim_gets_plain_line_breaks(tmp_path: Path) -> None:
    (hole,) = read_holes(write_lines(tmp_path / "block.jsonl", safim(2, ground_truth="n +\r\n2")), "block")
    assert (hole.prompt, hole.suffix) == ("n = int(input())\nprint(", ")\n")
    assert hole.solution == "n +\n2"
    assert hole.cases == (Case("1\n", ("3",)),)
    assert (hole.executed, hole.check) == (True, "")


def test_an_item_without_tests(tmp_path: Path) -> None:
    (hole,) = read_holes(write_lines(tmp_path / "api.jsonl", safim(unit_tests=[])), "api")
    assert not hole.executed


def test_holes_in_the_same_program_belong_together(tmp_path: Path) -> None:
    other = safim(1, eval_prompt="n = {{completion}}\nprint(n + 0)\n", ground_truth="int(input())")
    file = write_lines(tmp_path / "block.jsonl", safim(0), other, safim(2))
    first, second, third = read_holes(file, "block")
    assert first.problem == second.problem != third.problem


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({"prompt": "x"}, "1: this is an item of neither"),
        (safim(lang="java"), "the program is java"),
        (safim(eval_prompt="no hole"), "has 0 times"),
        (safim(eval_prompt="{{completion}} {{completion}}"), "has 2 times"),
        (safim(unit_tests=None), "'unit_tests' is no list"),
        (safim(unit_tests=[{"input": "1"}]), "no input with its outputs"),
        (safim(unit_tests=[{"input": 1, "output": ["1"]}]), "no input with its outputs"),
        (safim(unit_tests=["1"]), "no input with its outputs"),
        (safim(ground_truth=None), "no text 'ground_truth'"),
        (infilling(test=None), "no text 'test'"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_item(found: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ItemsError, match=message):
        read_holes(write_lines(tmp_path / "items.jsonl", found), "items")


def test_files_without_items_and_with_an_item_twice(tmp_path: Path) -> None:
    with pytest.raises(ItemsError, match="no items in it"):
        read_holes(write_lines(tmp_path / "none.jsonl"), "none")
    with pytest.raises(ItemsError, match="two items with the same task_id"):
        read_holes(write_lines(tmp_path / "twice.jsonl", safim(), safim()), "twice")


def test_a_folder_with_other_things_in_it(tmp_path: Path) -> None:
    first = write_lines(tmp_path / "b" / "single_line.jsonl.gz", infilling())
    second = write_lines(tmp_path / "a" / "block.jsonl", safim())
    write_lines(tmp_path / "a" / "java.jsonl", safim(lang="java"))
    write_lines(tmp_path / "other.jsonl.gz", {"task_id": "x", "prompt": "y", "test": "z"})
    write_lines(tmp_path / "empty.jsonl")
    (tmp_path / "README.md").write_text("words")
    assert files_of(tmp_path) == (second, first)
    assert files_of(first) == (first,)
    assert groups_of((second, first)) == {"block": second, "single_line": first}


def test_files_of_one_name_are_told_apart() -> None:
    paths = [Path("x/a/block.jsonl"), Path("x/b/block.jsonl.gz"), Path("x/b/line.jsonl")]
    assert list(groups_of(paths)) == ["a/block", "b/block", "line"]


def test_a_folder_without_benchmarks(tmp_path: Path) -> None:
    with pytest.raises(ItemsError, match="has no files of HumanEval-Infilling"):
        files_of(tmp_path)
    with pytest.raises(ItemsError, match="no file or folder"):
        files_of(tmp_path / "none")


def test_a_draw_is_the_same_each_time_and_grows() -> None:
    holes = [Hole(f"{group}/{n}", group, f"{n % 5}", "", "", "") for group in "ab" for n in range(20)]
    few, more = draw(holes, 4, 1), draw(holes, 12, 1)
    assert few == draw(holes, 4, 1)
    assert [hole.group for hole in few] == ["a"] * 4 + ["b"] * 4
    assert set(few) < set(more)
    assert set(few) != set(draw(holes, 4, 2))
    everything = draw(holes, None, 1)
    assert set(everything) == set(holes)
    assert [hole.problem for hole in everything[:6]] == ["0", "1", "2", "3", "4", "0"]


@pytest.mark.parametrize(
    ("prompt", "suffix", "expected"),
    [
        ("a\n", "b\n", True),
        ("a\n    ", "b\n", True),
        ("", "b", True),
        ("a = ", "\nb", False),
        ("a\n    ", "\nb", False),
        ("a\n", "", False),
        ("a = ", "b", False),
    ],
)
def test_lines_of_its_own(prompt: str, suffix: str, expected: bool) -> None:
    assert Hole("a", "a", "a", prompt, suffix, "").has_own_lines is expected
