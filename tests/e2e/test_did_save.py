"""`textDocument/didSave` and the index behind it: what a file of the workspace defines, without being open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types

from support.editor import Editor, capabilities, editing

INDEXED = {"completion": {"debounceMs": 0}}


async def index_of(editor: Editor, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait until the index stands as wanted."""
    end = time.monotonic() + 90
    while True:
        indexes: list[dict[str, Any]] = (await editor.ask("mendline/status"))["index"]
        if indexes and wanted(indexes[0]):
            return indexes[0]
        assert time.monotonic() < end, indexes
        await asyncio.sleep(0.02)


@pytest.mark.timeout(300)
async def test_the_workspace_is_indexed_and_saved_files_are_followed(tmp_path: Path) -> None:
    (tmp_path / "stations.py").write_text("def plan_route(first, second):\n    return [first, second]\n")
    async with editing(tmp_path, [{"middle": " 1"}], options=INDEXED, can=capabilities(watching=False)) as editor:
        found = await index_of(editor, lambda index: index["phase"] == "ready")
        assert (found["files"], found["definitions"], found["searchable"]) == (1, 1, True)
        text = "class Ride:\n    start = 0\n"
        uri = editor.open("rides.py", text)
        (tmp_path / "rides.py").write_text(text)
        editor.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
        await index_of(editor, lambda index: index["definitions"] == 3)
        children = psutil.Process(editor.process.pid).children(recursive=True)
        assert any("mendline.workspace.index" in child.cmdline() for child in children)
    # The server is gone, and nobody looks at its folder any more.
    assert psutil.wait_procs(children, timeout=60)[1] == []
