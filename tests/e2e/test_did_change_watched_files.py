"""`workspace/didChangeWatchedFiles`: a settings file that changed takes effect at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import Editor, editing

SWITCHED_OFF = "completion.enabled = false\n"


def tell(editor: Editor, file: Path, kind: types.FileChangeType) -> None:
    event = types.FileEvent(file.as_uri(), kind)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))


@pytest.mark.parametrize("name", [".mendline.toml", "user/config.toml"])
async def test_a_settings_file_comes_changes_and_goes(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    async with editing(tmp_path, [{"middle": " 1"}]) as editor:
        uri = editor.open("a.py", "return")
        assert await editor.inline(uri, 0, 6)
        file.write_text(SWITCHED_OFF)
        tell(editor, file, types.FileChangeType.Created)
        assert await editor.inline(uri, 0, 6) == []
        file.write_text("completion.maxTokens = 8\n")
        tell(editor, file, types.FileChangeType.Changed)
        assert await editor.inline(uri, 0, 6)
        file.write_text(SWITCHED_OFF)
        tell(editor, file, types.FileChangeType.Changed)
        assert await editor.inline(uri, 0, 6) == []
        file.unlink()
        tell(editor, file, types.FileChangeType.Deleted)
        assert await editor.inline(uri, 0, 6)
