"""`mendline/figures`: what became of suggestions, over the pipes and beyond the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.editor import editing

ANSWERS = [{"prefix_ends_with": "return", "middle": " 1"}]


@pytest.mark.parametrize("params", [None, {}, [], 3])
async def test_it_is_empty_at_first(tmp_path: Path, params: object) -> None:
    async with editing(tmp_path) as editor:
        assert await editor.ask("mendline/figures", params) == {"days": []}


async def test_one_session_after_the_other(tmp_path: Path) -> None:
    for number in (1, 2):
        async with editing(tmp_path, ANSWERS) as editor:
            uri = editor.open("a.py", "return")
            (item,) = await editor.inline(uri, 0, 6)
            assert item.command is not None
            editor.notify("mendline/didShow", {"item": {"command": {"arguments": item.command.arguments}}})
            editor.change(uri, 2, ((0, 6), (0, 6), " 1"))
            await editor.run("mendline.didAccept", *(item.command.arguments or ()))
            told = await editor.ask("mendline/figures")
            (figures,) = [each for day in told["days"] for each in day["languages"]]
            assert figures["language"] == "python"
            assert (figures["shown"], figures["accepted"], figures["characters"]) == (number, number, 2 * number)
