"""`workspace/didChangeWorkspaceFolders`: the settings file of the first open folder counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import Editor, editing
from support.in_process import in_process

SWITCHED_OFF = "completion.enabled = false\n"
ANSWERS = [{"middle": " 1"}]


def folders(tmp_path: Path, *off: str) -> tuple[Path, Path]:
    """Two folders of which those named have suggestions switched off."""
    made = tmp_path / "A", tmp_path / "B"
    for folder in made:
        folder.mkdir()
        if folder.name in off:
            (folder / ".mendline.toml").write_text(SWITCHED_OFF)
    return made


def change(editor: Editor, *, added: Sequence[str] = (), removed: Sequence[str] = ()) -> None:
    event = types.WorkspaceFoldersChangeEvent(
        added=[types.WorkspaceFolder(uri, "added") for uri in added],
        removed=[types.WorkspaceFolder(uri, "removed") for uri in removed],
    )
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))


async def enabled(editor: Editor) -> bool:
    return bool(await editor.inline(editor.open("a.py", "return"), 0, 6))


@pytest.mark.parametrize("slash", ["", "/"])
async def test_when_the_first_goes_the_next_one_counts(tmp_path: Path, slash: str) -> None:
    first, second = folders(tmp_path, "B")
    async with editing(first, ANSWERS) as editor:
        change(editor, added=[second.as_uri()])
        assert await enabled(editor)
        change(editor, removed=[first.as_uri() + slash])
        assert not await enabled(editor)
        change(editor, removed=[second.as_uri() + slash])
        assert await enabled(editor)


async def test_the_first_stays_first_when_another_goes(tmp_path: Path) -> None:
    first, second = folders(tmp_path, "A")
    async with editing(first, ANSWERS) as editor:
        change(editor, added=[second.as_uri(), first.as_uri()])
        change(editor, removed=[second.as_uri()])
        assert not await enabled(editor)


async def test_one_for_another_and_one_that_was_never_open(tmp_path: Path) -> None:
    first, second = folders(tmp_path, "B")
    async with editing(first, ANSWERS) as editor:
        change(editor, added=[second.as_uri()], removed=[first.as_uri(), (tmp_path / "C").as_uri()])
        assert not await enabled(editor)


async def test_folders_that_are_no_directories_do_not_count(tmp_path: Path) -> None:
    first, second = folders(tmp_path, "B")
    async with editing(first, ANSWERS) as editor:
        change(editor, added=["file:///a%00b", "untitled:x", second.as_uri()], removed=[first.as_uri()])
        assert not await enabled(editor)


async def test_the_settings_file_is_watched_also_before_there_is_a_folder() -> None:
    server = await in_process(able={"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}})
    request = await server.until(
        lambda: next((each for each in server.said if each.get("method") == "client/registerCapability"), None)
    )
    (registration,) = request["params"]["registrations"]
    assert {"globPattern": "**/.mendline.toml"} in registration["registerOptions"]["watchers"]
