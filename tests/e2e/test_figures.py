"""`mendline/figures`: what became of suggestions, over the pipes and beyond the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.editor import editing, server_environment
from support.raw_server import inline_params, raw_server

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


def test_shutdown_keeps_them_whatever_comes_after_it(tmp_path: Path) -> None:
    with raw_server(server_environment(tmp_path, ANSWERS)) as server:
        server.start()
        server.open("file:///a.py", "return")
        (item,) = server.request(1, "textDocument/inlineCompletion", inline_params("file:///a.py", 0, 6))["result"][
            "items"
        ]
        server.send("mendline/didShow", {"item": item})
        assert server.request(2, "shutdown")["result"] is None
        server.process.kill()
    with raw_server(server_environment(tmp_path)) as server:
        server.start()
        ((figures,),) = [each["languages"] for each in server.request(1, "mendline/figures")["result"]["days"]]
        assert (figures["language"], figures["shown"]) == ("python", 1)
