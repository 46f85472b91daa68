"""The benchmark's files, and the choice of items."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import attrs
import pytest

from mendline.evaluation.infilling.items import choose, read_items
from mendline.evaluation.json_lines import ItemsError
from mendline.evaluation.running import run_program
from support.infilling_items import item, write_items

GOOD = json.dumps(attrs.asdict(item()))


@pytest.mark.parametrize("name", ["items.jsonl.gz", "items.jsonl"])
def test_reading(name: str, tmp_path: Path) -> None:
    items = (item(0, suffix="    # \u2028\x0c\n"), item(1, kind="MultiLine"))
    assert read_items(write_items(tmp_path / name, *items)) == items


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no file"),
        (b"", "has no items"),
        (b"\n\n", "has no items"),
        (b"\xff\xfe", "not a text file"),
        (b"\x1f\x8bxx", "damaged gzip"),
        (gzip.compress(GOOD.encode())[:-9], "damaged gzip"),
        (f"{GOOD}\n{{".encode(), r"items:2: not JSON"),
        (b"[]", r"items:1: not a JSON object"),
        (b"{}", r"items:1: no text 'task_id'"),
        (GOOD.replace('"plus"', "1").encode(), r"items:1: no text 'entry_point'"),
        (f"{GOOD}\n{GOOD}".encode(), "same task_id"),
    ],
)
def test_files_that_are_none(content: bytes | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "items"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ItemsError, match=message):
        read_items(path)


@pytest.mark.parametrize(
    ("limit", "start", "chosen"),
    [
        (None, 0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (5, 0, [0, 2, 4, 6, 8]),
        (4, 0, [0, 2, 5, 7]),
        (3, 4, [4, 6, 8]),
        (1, 9, [9]),
        (99, 8, [8, 9]),
        (None, 10, []),
        (3, 99, []),
    ],
)
def test_choosing(limit: int | None, start: int, chosen: list[int]) -> None:
    items = [item(number) for number in range(10)]
    assert choose(items, limit, start) == tuple(items[number] for number in chosen)


def test_all_programs_have_their_turn_before_one_comes_again() -> None:
    tasks = ["a/L0", "a/L1", "a/L2", "b/L0", "c/L0", "c/L1"]
    chosen = choose([item(task_id=task) for task in tasks])
    assert [each.task_id for each in chosen] == ["a/L0", "b/L0", "c/L0", "a/L1", "c/L1", "a/L2"]


@pytest.mark.parametrize(
    ("middle", "error"),
    [
        ("    return value + 3\n", ""),
        ("    return 3 + value\n", ""),
        ("    return value\n", "AssertionError"),
        ("    return value +\n", "SyntaxError"),
        ("", "AssertionError"),
    ],
)
def test_the_program_says_whether_the_middle_is_right(middle: str, error: str) -> None:
    assert run_program(item(3).program(middle)).error == error
