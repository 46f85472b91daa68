from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mendline.checks.configuration import is_configured, nearest, read_json


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        ('{ // one\n "a": "// no comment, /* nor this */", /* two\n */ "b": [1, 2,],\n}', None),
        ('{"a": "\\\\", "b": "\\"//"}', {"a": "\\", "b": '"//'}),
        ("\ufeff{}", {}),
        ("[1]", {}),
        ("{", {}),
        ('{"a": "', {}),
        ("{} /* no end", {}),
        ("", {}),
        ("[" * 100_000, {}),
        ("/*" * 100_000, {}),
        ('"' * 100_001, {}),
        ('{"a": 1' + "," * 100_000 + "}", {}),
    ],
)
def test_objects_with_comments(text: str, expected: dict[str, Any] | None, tmp_path: Path) -> None:
    file = tmp_path / "tsconfig.json"
    file.write_text(text, encoding="utf-8")
    found = read_json(file)
    assert found == ({"a": "// no comment, /* nor this */", "b": [1, 2]} if expected is None else expected)


def test_an_object_that_is_not_there(tmp_path: Path) -> None:
    assert read_json(tmp_path / "none.json") == {}


@pytest.mark.parametrize(
    ("file", "content", "configured"),
    [
        ("tool.toml", "", True),
        ("a/tool.toml", "", True),
        ("a/b/tool.toml", "", True),
        ("a/c/tool.toml", "", False),
        ("pyproject.toml", "[tool.tool.x]\n", True),
        ("a/pyproject.toml", "[tool.tool]\n", True),
        ("pyproject.toml", "[tool.other]\n", False),
        ("pyproject.toml", "[tool.tool\n", True),
        ("pyproject.toml", "tool = 1\n", False),
        ("../tool.toml", "", False),
    ],
)
def test_a_tool_is_set_up_by_a_file_or_a_section(file: str, content: str, configured: bool, tmp_path: Path) -> None:
    root = tmp_path / "root"
    for folder in ("a/b", "a/c"):
        (root / folder).mkdir(parents=True)
    (root / file).write_text(content)
    assert is_configured(root, "a/b/x.py", ("tool.toml",), "tool") is configured


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "one").write_text("")
    assert nearest(tmp_path, "a/b/x", ("two", "one")) == tmp_path / "one"
    (tmp_path / "a/two").write_text("")
    assert nearest(tmp_path, "a/b/x", ("two", "one")) == tmp_path / "a/two"
    assert nearest(tmp_path, "a/b/x", ("three",)) is None
