"""`$/cancelRequest`."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcRequestCancelled

from support.editor import Editor, editing, records, server_environment, until, within
from support.raw_server import raw_server


async def test_a_cancelled_request_ends_at_once_and_so_does_the_engine(tmp_path: Path) -> None:
    record = tmp_path / "record"
    script = {
        "answers": [{"prefix_ends_with": "return", "hold": str(tmp_path / "never")}, {"middle": "1"}],
        "record": str(record),
    }
    async with editing(tmp_path, script) as editor:
        uri = editor.open("a.py", "return")
        params = types.InlineCompletionParams(
            types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked),
            types.TextDocumentIdentifier(uri),
            types.Position(0, 6),
        )
        sent = editor.client.protocol.send_request("textDocument/inlineCompletion", params, msg_id="the-one")
        await until(lambda: records(record))
        start = time.monotonic()
        editor.client.cancel_request(types.CancelParams("the-one"))
        with pytest.raises(JsonRpcRequestCancelled):
            await within(asyncio.wrap_future(sent))
        assert time.monotonic() - start < 2
        await until(lambda: records(record)[-1].get("outcome") == "cancelled")
        assert await editor.inline(editor.open("b.py", "x = "), 0, 4)


async def test_cancelling_what_is_not_there_is_survived(editor: Editor) -> None:
    editor.client.cancel_request(types.CancelParams(123456))
    assert await editor.inline(editor.open("c.py", "return"), 0, 6)


def test_cancelling_what_was_answered_already_leaves_nothing_in_the_log(tmp_path: Path) -> None:
    with raw_server(server_environment(tmp_path)) as server:
        server.start()
        server.request("answered", "mendline/status")
        server.send("$/cancelRequest", {"id": "answered"})
        server.request("last", "shutdown")
        server.send("exit")
        assert server.ended() == 0
        assert b"ancel" not in server.errors
