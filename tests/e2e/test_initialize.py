"""`initialize`: the advertised capabilities as a snapshot. `MENDLINE_UPDATE_SNAPSHOTS=1` writes it anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from lsprotocol.converters import get_converter

from support.editor import Editor, capabilities, editing, server_environment
from support.raw_server import raw_server

SNAPSHOT = Path(__file__).parent / "snapshots" / "capabilities.json"


async def test_the_capabilities_are_those_of_the_snapshot(editor: Editor) -> None:
    found = json.dumps(get_converter().unstructure(editor.initialized.capabilities), indent=2, sort_keys=True) + "\n"
    if os.environ.get("MENDLINE_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(found)
    assert found == SNAPSHOT.read_text()
    assert editor.initialized.server_info is not None
    assert editor.initialized.server_info.name == "mendline"


async def test_only_an_editor_without_inline_completion_gets_the_list(tmp_path: Path) -> None:
    can = capabilities(inline=False, pull=False, configuration=False, progress=False, watching=False, notebooks=False)
    async with editing(tmp_path, can=can) as editor:
        assert editor.initialized.capabilities.completion_provider is not None
        assert editor.initialized.capabilities.inline_completion_provider is not None
        assert editor.initialized.capabilities.notebook_document_sync is None
        assert editor.registrations == []


@pytest.mark.parametrize(
    "root",
    [
        {"rootUri": "file:///a%00b"},
        {"rootPath": "/a\0b"},
        {"workspaceFolders": [{"uri": "file:///a%00b", "name": "a"}]},
    ],
    ids=["uri", "path", "folder"],
)
def test_a_root_that_no_directory_can_have_is_ignored(tmp_path: Path, root: dict[str, object]) -> None:
    with raw_server(server_environment(tmp_path)) as server:
        server.start(**root)
        assert server.request("status", "mendline/status")["result"]["state"] == "off"
