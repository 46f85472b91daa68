"""`window/workDoneProgress/cancel`: the user stops a download at its bar."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import Editor, editing, until
from support.hub_server import hub_server


async def test_a_download_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HF_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with hub_server(b"GGUF" + bytes(1000)) as hub:
        # The file's length is not told, so that nothing but the user ends this download.
        hub.behaviour.chunked, hub.behaviour.hold_after = True, 100
        async with editing(tmp_path, HF_ENDPOINT=hub.endpoint, PIP_NO_INDEX="1") as editor:
            download = asyncio.ensure_future(editor.run("mendline.downloadModel"))
            await until(hub.behaviour.held.is_set)
            ((token, bar),) = (await until(lambda: editor.client.progress_reports)).items()
            assert isinstance(bar[0], types.WorkDoneProgressBegin)
            assert bar[0].cancellable
            cancel(editor, token)
            result = await download
            assert result["ok"] is False
            await until(lambda: isinstance(bar[-1], types.WorkDoneProgressEnd))
            assert bar[-1].message == result["message"]
            assert (await editor.ask("mendline/status"))["state"] != "downloading"


async def test_a_bar_that_is_not_there_is_survived(editor: Editor) -> None:
    cancel(editor, "no-such-token")
    cancel(editor, 7)
    assert await editor.inline(editor.open("after-cancel.py", "return"), 0, 6)


def cancel(editor: Editor, token: types.ProgressToken) -> None:
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
