"""`workspace/executeCommand`. What a download shows is tested in process, in `tests/unit/lsp`."""

from __future__ import annotations

import pytest
from pygls.exceptions import JsonRpcException

from support.editor import Editor, until


async def test_a_download_that_fails_says_why(editor: Editor) -> None:
    before = len(editor.client.messages)
    result = await editor.run("mendline.downloadModel", "qwen2.5-coder-1.5b-instrukt")
    assert result["ok"] is False
    assert "qwen2.5-coder-1.5b-instruct" in result["message"]
    await until(lambda: len(editor.client.messages) > before)


async def test_restart(editor: Editor) -> None:
    await editor.run("mendline.restartEngine")
    assert await editor.inline(editor.open("after.py", "return"), 0, 6)


async def test_an_unknown_command_is_refused(editor: Editor) -> None:
    with pytest.raises(JsonRpcException, match="no\\.such"):
        await editor.run("no.such.command")


async def test_arguments_that_make_no_sense_are_survived(editor: Editor) -> None:
    assert await editor.run("mendline.didAccept", {"a": 1}, None, 3) is None
