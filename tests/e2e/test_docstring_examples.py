"""What is asked for is tried on the examples in the docstring: in trusted workspaces, with unsaved files."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.editor import AUTOMATIC, INVOKED, editing

TEXT = 'from helper import step\n\n\ndef up(x):\n    """One step.\n\n    >>> up(2)\n    3\n    """\n    return '
SCRIPT = [{"prefix_ends_with": "    return ", "middle": "x - step", "others": ["x * step", "x + step"]}]
WRONG, RIGHT = "1 of 1 examples in the docstring fail", "the example in the docstring holds"


def written(folder: Path) -> list[Path]:
    return list(folder.glob("*.py"))


@pytest.mark.parametrize(
    ("trusted", "kind", "first", "checks"),
    [
        (True, INVOKED, "x + step", ["parses", RIGHT]),
        (False, INVOKED, "x - step", ["parses"]),
        (True, AUTOMATIC, "x - step", ["parses"]),
    ],
)
async def test_one_that_holds_comes_first(
    trusted: bool, kind: object, first: str, checks: list[str], tmp_path: Path
) -> None:
    options = {"trusted": trusted, "settings": {"completion": {"debounceMs": 0}, "context": {"index": False}}}
    async with editing(tmp_path, SCRIPT, options=options) as editor:
        editor.open("helper.py", "step = 1\n")
        uri = editor.open("stairs.py", TEXT)
        items = await editor.inline(uri, 9, 11, kind)  # type: ignore[arg-type]
        assert items[0].insert_text == first
        told = await editor.ask("mendline/explain", {"textDocument": {"uri": uri}})
        assert told["candidates"][0]["checks"] == checks
        if len(items) > 1:
            assert told["candidates"][-1]["checks"][-1] == WRONG
    assert not written(tmp_path)
